// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.indexes;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.projections.EventSelector;
import io.leftfold.protocol.messages.indexes.CreateIndexRequest;
import io.leftfold.protocol.messages.indexes.CreateIndexResponse;
import io.leftfold.protocol.messages.indexes.DeleteIndexRequest;
import io.leftfold.protocol.messages.indexes.DeleteIndexResponse;
import io.leftfold.protocol.messages.indexes.GetIndexRequest;
import io.leftfold.protocol.messages.indexes.GetIndexResponse;
import io.leftfold.protocol.messages.indexes.Index;
import io.leftfold.protocol.messages.indexes.IndexFieldType;
import io.leftfold.protocol.messages.indexes.IndexState;
import io.leftfold.protocol.messages.indexes.ListIndexesRequest;
import io.leftfold.protocol.messages.indexes.ListIndexesResponse;
import io.leftfold.protocol.messages.indexes.StartIndexRequest;
import io.leftfold.protocol.messages.indexes.StartIndexResponse;
import io.leftfold.protocol.messages.indexes.StopIndexRequest;
import io.leftfold.protocol.messages.indexes.StopIndexResponse;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.grpc.kurrent.AsideRequest;
import io.leftfold.server.indexes.IndexDefinition;
import io.leftfold.server.indexes.IndexField;
import io.leftfold.server.indexes.IndexInfo;
import io.leftfold.server.indexes.InvalidIndexException;
import io.leftfold.server.indexes.UserIndexes;
import io.leftfold.server.node.IndexControl;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/// The six methods of `kurrentdb.protocol.v2.indexes.IndexesService`.
public final class IndexesService {

  private static final String SERVICE = "/kurrentdb.protocol.v2.indexes.IndexesService/";

  private final UserIndexes indexes;
  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param indexes do what is asked
  /// @param threads makes a virtual thread for each call
  public IndexesService(UserIndexes indexes, ThreadFactory threads) {
    this.indexes = indexes;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        SERVICE + "Create",
        asking(CreateIndexRequest.parser(), IndexesService::create),
        SERVICE + "Start",
        asking(StartIndexRequest.parser(), IndexesService::start),
        SERVICE + "Stop",
        asking(StopIndexRequest.parser(), IndexesService::stop),
        SERVICE + "Delete",
        asking(DeleteIndexRequest.parser(), IndexesService::delete),
        SERVICE + "List",
        asking(ListIndexesRequest.parser(), (control, _) -> list(control)),
        SERVICE + "Get",
        asking(GetIndexRequest.parser(), IndexesService::get));
  }

  /// Does what a request says, and answers it.
  private interface Work<Q> {
    MessageLite answer(IndexControl control, Q request);
  }

  private <Q> SessionHandler asking(Parser<Q> parser, Work<Q> work) {
    return (call, session) -> {
      var control = new IndexControl(session, indexes);
      return AsideRequest.answering(
          call,
          parser,
          threads,
          request -> work.answer(control, request),
          error -> IndexRefusal.of(error, control, session.caller()));
    };
  }

  private static MessageLite create(IndexControl control, CreateIndexRequest request) {
    control.create(definition(request), !request.hasStart() || request.getStart());
    return CreateIndexResponse.getDefaultInstance();
  }

  private static IndexDefinition definition(CreateIndexRequest request) {
    var fields = new ArrayList<IndexField>();
    for (var i = 0; i < request.getFieldsCount(); i++) {
      var field = request.getFields(i);
      fields.add(
          new IndexField(
              field.getName(),
              field.getSelector(),
              type(field.getType(), i),
              field.getOptimizeLookups()));
    }
    return new IndexDefinition(request.getName(), request.getFilter(), fields);
  }

  private static EventSelector.Type type(IndexFieldType type, int field) {
    return switch (type) {
      case INDEX_FIELD_TYPE_STRING -> EventSelector.Type.STRING;
      case INDEX_FIELD_TYPE_DOUBLE -> EventSelector.Type.DOUBLE;
      case INDEX_FIELD_TYPE_INT_32 -> EventSelector.Type.INT_32;
      case INDEX_FIELD_TYPE_INT_64 -> EventSelector.Type.INT_64;
      case INDEX_FIELD_TYPE_UNSPECIFIED, UNRECOGNIZED ->
          throw new InvalidIndexException(
              "fields[%d].type".formatted(field),
              "Field type must be specified: STRING 1, DOUBLE 2, INT_32 4 or INT_64 5");
    };
  }

  private static MessageLite start(IndexControl control, StartIndexRequest request) {
    control.start(request.getName());
    return StartIndexResponse.getDefaultInstance();
  }

  private static MessageLite stop(IndexControl control, StopIndexRequest request) {
    control.stop(request.getName());
    return StopIndexResponse.getDefaultInstance();
  }

  private static MessageLite delete(IndexControl control, DeleteIndexRequest request) {
    control.delete(request.getName());
    return DeleteIndexResponse.getDefaultInstance();
  }

  private static MessageLite list(IndexControl control) {
    return ListIndexesResponse.newBuilder()
        .addAllIndexes(control.list().stream().map(IndexesService::shown).toList())
        .build();
  }

  private static MessageLite get(IndexControl control, GetIndexRequest request) {
    return GetIndexResponse.newBuilder().setIndex(shown(control.get(request.getName()))).build();
  }

  private static Index shown(IndexInfo info) {
    var definition = info.definition();
    return Index.newBuilder()
        .setName(definition.name())
        .setFilter(definition.filter())
        .addAllFields(definition.fields().stream().map(IndexesService::shown).toList())
        .setState(info.started() ? IndexState.INDEX_STATE_STARTED : IndexState.INDEX_STATE_STOPPED)
        .build();
  }

  private static io.leftfold.protocol.messages.indexes.IndexField shown(IndexField field) {
    return io.leftfold.protocol.messages.indexes.IndexField.newBuilder()
        .setName(field.name())
        .setSelector(field.selector())
        .setType(type(field.type()))
        .setOptimizeLookups(field.optimizeLookups())
        .build();
  }

  private static IndexFieldType type(EventSelector.Type type) {
    return switch (type) {
      case STRING -> IndexFieldType.INDEX_FIELD_TYPE_STRING;
      case DOUBLE -> IndexFieldType.INDEX_FIELD_TYPE_DOUBLE;
      case INT_32 -> IndexFieldType.INDEX_FIELD_TYPE_INT_32;
      case INT_64 -> IndexFieldType.INDEX_FIELD_TYPE_INT_64;
    };
  }
}
