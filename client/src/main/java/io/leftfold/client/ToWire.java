// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.leftfold.api.AsOf;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Tag;
import io.leftfold.protocol.messages.store.Wire;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// The API's values as messages of the wire: what a caller says.
final class ToWire {

  private static final Wire.Nothing NOTHING = Wire.Nothing.getDefaultInstance();

  private ToWire() {}

  static Wire.AppendRequest append(Commit commit) {
    var request = Wire.AppendRequest.newBuilder();
    for (var condition : commit.conditions()) {
      request.addConditions(
          Wire.AppendCondition.newBuilder()
              .setQuery(query(condition.query()))
              .setAfter(condition.after().end()));
    }
    commit
        .tracking()
        .ifPresent(tracking ->
            request.setTracking(
                Wire.Tracking.newBuilder()
                    .setSource(tracking.source())
                    .setPosition(tracking.position())));
    for (var part : commit.parts()) {
      var append =
          Wire.StreamAppend.newBuilder()
              .setStream(part.stream().value())
              .setExpected(expected(part.expected()));
      part.events().forEach(event -> append.addEvents(proposed(event)));
      request.addAppends(append);
    }
    return request.build();
  }

  private static Wire.Query query(Query query) {
    var message = Wire.Query.newBuilder();
    for (var item : query.items()) {
      message.addItems(
          Wire.Query.Item.newBuilder()
              .addAllTypes(item.types())
              .addAllTags(item.tags().stream().map(Tag::value).toList()));
    }
    return message.build();
  }

  private static Wire.ProposedEvent proposed(ProposedEvent event) {
    var message =
        Wire.ProposedEvent.newBuilder()
            .setId(id(event.id()))
            .setType(event.type())
            .setJson(event.contentType() == ContentType.JSON)
            // Whoever gives the arrays away leaves them alone: no copy is needed.
            .setData(UnsafeByteOperations.unsafeWrap(event.data()))
            .setMetadata(UnsafeByteOperations.unsafeWrap(event.metadata()));
    event.tags().forEach(tag -> message.addTags(tag.value()));
    return message.build();
  }

  private static ByteString id(UUID id) {
    var bytes = ByteBuffer.allocate(16);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return UnsafeByteOperations.unsafeWrap(bytes.flip());
  }

  static Wire.ExpectedState expected(ExpectedState expected) {
    var message = Wire.ExpectedState.newBuilder();
    return switch (expected) {
      case ExpectedState.Any() -> message.setAny(NOTHING).build();
      case ExpectedState.NoStream() -> message.setNoStream(NOTHING).build();
      case ExpectedState.StreamExists() -> message.setStreamExists(NOTHING).build();
      case ExpectedState.Deleted() -> message.setDeleted(NOTHING).build();
      case ExpectedState.Tombstoned() -> message.setTombstoned(NOTHING).build();
      case ExpectedState.AtRevision(var revision) -> message.setRevision(revision).build();
    };
  }

  static Wire.ReadRequest read(StreamName stream, ReadOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything)) {
      throw new IllegalArgumentException(
          "A read of one stream takes no filter, got %s; filter a read of all streams"
              .formatted(options.filter()));
    }
    return read(options).setStream(stream.value()).build();
  }

  static Wire.ReadRequest readAll(ReadOptions options) {
    return read(options).setAll(all(options.filter())).build();
  }

  static Wire.ReadRequest read(Query query, ReadOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything)) {
      throw new IllegalArgumentException(
          "A read by query takes no filter, got %s; say in the query which events are wanted"
              .formatted(options.filter()));
    }
    return read(options).setQuery(query(query)).build();
  }

  private static Wire.ReadRequest.Builder read(ReadOptions options) {
    var backwards = options.direction() == ReadOptions.Direction.BACKWARDS;
    var request =
        Wire.ReadRequest.newBuilder()
            .setBackwards(backwards)
            .setResolveLinks(options.resolveLinks());
    if (!(backwards && options.from() == ReadOptions.END)) {
      request.setFrom(options.from());
    }
    if (options.limit() < Long.MAX_VALUE) {
      request.setLimit(options.limit());
    }
    options.fromTime().ifPresent(time -> request.setFromTime(time(time)));
    return switch (options.asOf()) {
      case AsOf.Now() -> request;
      case AsOf.Position(var end) -> request.setAsOfPosition(end);
      case AsOf.Time(var at) -> request.setAsOfTime(time(at));
    };
  }

  static Wire.Time time(Instant time) {
    return Wire.Time.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  static Wire.SubscribeRequest subscribe(StreamName stream, SubscribeOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything) || options.checkpointEvery() > 0) {
      throw new IllegalArgumentException(
          "A subscription to one stream takes neither filter nor checkpoints, got %s and %d; subscribe to all streams"
              .formatted(options.filter(), options.checkpointEvery()));
    }
    return subscribe(options).setStream(stream.value()).build();
  }

  static Wire.SubscribeRequest subscribeToAll(SubscribeOptions options) {
    return subscribe(options)
        .setAll(all(options.filter()))
        .setCheckpointEvery(options.checkpointEvery())
        .build();
  }

  private static Wire.SubscribeRequest.Builder subscribe(SubscribeOptions options) {
    var request = Wire.SubscribeRequest.newBuilder().setResolveLinks(options.resolveLinks());
    return switch (options.start()) {
      case SubscribeOptions.Start.Beginning() -> request.setBeginning(NOTHING);
      case SubscribeOptions.Start.End() -> request.setEnd(NOTHING);
      case SubscribeOptions.Start.After(var last) -> request.setAfter(last);
      case SubscribeOptions.Start.AtTime(var time) -> request.setTime(time(time));
    };
  }

  private static Wire.All all(EventFilter filter) {
    var message = Wire.Filter.newBuilder();
    var all = Wire.All.newBuilder();
    return switch (filter) {
      case EventFilter.Everything() -> all.build();
      case EventFilter.StreamPrefix(var prefixes) ->
          all.setFilter(
                  message.setStreamPrefixes(
                      Wire.Filter.StreamPrefixes.newBuilder().addAllPrefixes(prefixes)))
              .build();
      case EventFilter.StreamRegex(var regex) ->
          all.setFilter(
                  message.setStreamRegex(Wire.Filter.StreamRegex.newBuilder().setRegex(regex)))
              .build();
      case EventFilter.TypePrefix(var prefixes) ->
          all.setFilter(
                  message.setTypePrefixes(
                      Wire.Filter.TypePrefixes.newBuilder().addAllPrefixes(prefixes)))
              .build();
      case EventFilter.TypeRegex(var regex) ->
          all.setFilter(message.setTypeRegex(Wire.Filter.TypeRegex.newBuilder().setRegex(regex)))
              .build();
      case EventFilter.Category(var category) ->
          all.setFilter(
                  message.setCategory(Wire.Filter.Category.newBuilder().setCategory(category)))
              .build();
      case EventFilter.Types(var types) ->
          all.setFilter(message.setTypes(Wire.Filter.Types.newBuilder().addAllTypes(types)))
              .build();
      case EventFilter.Tagged(var tags) ->
          all.setFilter(
                  message.setTags(
                      Wire.Filter.Tags.newBuilder()
                          .addAllTags(tags.stream().map(Tag::value).toList())))
              .build();
      case EventFilter.Matching(var query) ->
          all.setFilter(message.setMatching(query(query))).build();
    };
  }

  static Wire.StreamMetadata metadata(StreamMetadata metadata) {
    var message =
        Wire.StreamMetadata.newBuilder()
            .setTemporary(metadata.temporary())
            .putAllCustom(metadata.custom());
    metadata.maxCount().ifPresent(message::setMaxCount);
    metadata.maxAge().map(Duration::toSeconds).ifPresent(message::setMaxAgeSeconds);
    metadata.truncateBefore().ifPresent(message::setTruncateBefore);
    metadata.cacheControl().map(Duration::toSeconds).ifPresent(message::setCacheControlSeconds);
    metadata.acl().ifPresent(acl -> message.setAcl(acl(acl.actions())));
    return message.build();
  }

  private static Wire.StreamMetadata.Acl acl(Map<StreamMetadata.Acl.Action, List<String>> actions) {
    var message = Wire.StreamMetadata.Acl.newBuilder();
    actions.forEach((action, names) -> {
      var roles = Wire.StreamMetadata.Roles.newBuilder().addAllNames(names);
      switch (action) {
        case READ -> message.setRead(roles);
        case WRITE -> message.setWrite(roles);
        case DELETE -> message.setDelete(roles);
        case READ_METADATA -> message.setReadMetadata(roles);
        case WRITE_METADATA -> message.setWriteMetadata(roles);
      }
    });
    return message.build();
  }

  static Wire.ListStreamsRequest list(ListOptions options) {
    return Wire.ListStreamsRequest.newBuilder()
        .setPrefix(options.prefix())
        .setAfter(options.after())
        .setLimit(options.limit())
        .build();
  }
}
