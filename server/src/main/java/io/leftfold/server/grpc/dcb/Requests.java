// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.dcb;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Tag;
import io.leftfold.api.Tracking;
import io.leftfold.protocol.messages.dcb.Umadb;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Messages of the wire as the API's values: what a caller asks. What makes no sense is an
/// [IllegalArgumentException].
///
/// @param stream where events of this wire are recorded
/// @param ids for events without one
record Requests(StreamName stream, Supplier<UUID> ids) {

  Commit commit(Umadb.AppendRequest request) {
    var events = request.getEventsList().stream().map(this::proposed).toList();
    return new Commit(
        List.of(new StreamAppend(stream, ExpectedState.any(), events)),
        request.hasCondition() ? List.of(condition(request.getCondition())) : List.of(),
        request.hasTrackingInfo()
            ? Optional.of(tracking(request.getTrackingInfo()))
            : Optional.empty());
  }

  private ProposedEvent proposed(Umadb.Event event) {
    if (event.getEventType().startsWith("$")) {
      throw new IllegalArgumentException(
          "Event types that begin with $ are the store's own, got \"%s\""
              .formatted(event.getEventType()));
    }
    return new ProposedEvent(
        id(event.getUuid()),
        event.getEventType(),
        ContentType.BINARY,
        event.getData().toByteArray(),
        EventMetadata.encode(event.getMetadataList()),
        event.getTagsList().stream().distinct().map(Tag::of).toList());
  }

  private UUID id(String text) {
    return text.isEmpty() ? ids.get() : UUID.fromString(text);
  }

  private static AppendCondition condition(Umadb.AppendCondition condition) {
    return new AppendCondition(
        condition.hasFailIfEventsMatch()
            ? query(condition.getFailIfEventsMatch())
            : Query.everything(),
        condition.hasAfter() ? Head.behind(unsigned(condition.getAfter())) : Head.START);
  }

  private static Tracking tracking(Umadb.TrackingInfo tracking) {
    if (tracking.getPosition() < 0) {
      throw new IllegalArgumentException(
          "A position of a source is at most %d, got %s"
              .formatted(Long.MAX_VALUE, Long.toUnsignedString(tracking.getPosition())));
    }
    return new Tracking(tracking.getSource(), tracking.getPosition());
  }

  static Query query(Umadb.Query query) {
    return new Query(
        query.getItemsList().stream()
            .map(item ->
                new Query.Item(
                    new HashSet<>(item.getTypesList()),
                    item.getTagsList().stream().map(Tag::of).collect(Collectors.toSet())))
            .toList());
  }

  static ReadOptions read(Umadb.ReadRequest request) {
    var options = request.getBackwards() ? ReadOptions.backwards() : ReadOptions.forwards();
    if (request.hasStart()) {
      var start = unsigned(request.getStart());
      // Backwards a read of ours begins before its start.
      options = options.from(request.getBackwards() ? Math.max(start, start + 1) : start);
    }
    return request.hasLimit() ? options.limit(Integer.toUnsignedLong(request.getLimit())) : options;
  }

  /// What an older client asks as a read that does not end.
  static Umadb.SubscribeRequest subscription(Umadb.ReadRequest request) {
    if (request.getBackwards() || request.hasLimit()) {
      throw new IllegalArgumentException("A subscription goes forwards and has no limit");
    }
    var subscription =
        Umadb.SubscribeRequest.newBuilder()
            .setQuery(request.getQuery())
            .setBatchSize(request.getBatchSize());
    if (request.hasStart() && request.getStart() != 0) {
      subscription.setAfter(request.getStart() - 1);
    }
    return subscription.build();
  }

  static SubscribeOptions subscribe(Umadb.SubscribeRequest request) {
    return request.hasAfter()
        ? SubscribeOptions.after(unsigned(request.getAfter()))
        : SubscribeOptions.fromBeginning();
  }

  /// A number of the wire, which may be larger than any of ours.
  private static long unsigned(long number) {
    return number < 0 ? Long.MAX_VALUE : number;
  }
}
