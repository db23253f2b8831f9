// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a group writes: its checkpoints, its parked events, and which of those were replayed out of
/// their order. Every method waits for the store.
final class GroupStreams {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String CHECKPOINT_TYPE = "$SubscriptionCheckpoint";
  private static final String CHECKPOINT_TYPE_BEFORE = "SubscriptionCheckpoint";
  private static final String REPLAYED_TYPE = "$ParkedReplayed";
  private static final int CHECKPOINTS_KEPT = 2;

  private final EventStore store;
  private final GroupId id;
  private final Clock clock;
  private final Supplier<UUID> ids;

  GroupStreams(EventStore store, GroupId id, Clock clock, Supplier<UUID> ids) {
    this.store = store;
    this.id = id;
    this.clock = clock;
    this.ids = ids;
  }

  // ---- checkpoints

  /// The last one.
  OptionalLong checkpoint() {
    return last(id.checkpoints())
        .filter(event ->
            event.type().equals(CHECKPOINT_TYPE) || event.type().equals(CHECKPOINT_TYPE_BEFORE))
        .map(this::place)
        .orElseGet(OptionalLong::empty);
  }

  private OptionalLong place(RecordedEvent event) {
    try {
      var value = JSON.readTree(event.data());
      return id.source().place(value.isString() ? value.stringValue() : value.toString());
    } catch (JacksonException _) {
      return OptionalLong.empty();
    }
  }

  void writeCheckpoint(long place) {
    append(
        id.checkpoints(),
        json(CHECKPOINT_TYPE, JSON.writeValueAsString(id.source().text(place))),
        CHECKPOINTS_KEPT);
  }

  // ---- parked events

  /// An event to be parked.
  record ToPark(RecordedEvent original, String reason) {}

  /// Writes links to events, in one commit.
  void park(List<ToPark> events) {
    store.append(id.parked(), ExpectedState.any(), events.stream().map(this::link).toList());
  }

  private ProposedEvent link(ToPark parked) {
    var original = parked.original();
    var metadata =
        JSON.createObjectNode()
            .put("added", clock.instant().toString())
            .put("reason", parked.reason())
            .put("subscriptionEventNumber", original.revision());
    return ProposedEvent.link(original.stream(), original.revision())
        .withId(ids.get())
        .withMetadata(JSON.writeValueAsBytes(metadata));
  }

  /// Which revisions of the parked stream there are.
  StreamState parked() {
    return store.state(id.parked());
  }

  /// Those below are parked no more.
  void truncateParked(long before) {
    var current = store.metadata(id.parked());
    store.writeMetadata(
        id.parked(), ExpectedState.any(), current.metadata().withTruncateBefore(before));
  }

  /// The parked events that were replayed while others before them were not, among these.
  Ranges replayed(long first, long last) {
    return last(id.replayed())
        .filter(event -> event.type().equals(REPLAYED_TYPE))
        .map(event -> Ranges.parse(event.data(), first, last))
        .orElseGet(Ranges::new);
  }

  void writeReplayed(Ranges parkedAt) {
    append(id.replayed(), json(REPLAYED_TYPE, parkedAt.text()), 1);
  }

  /// The parked events from a place on, as they were first given.
  ///
  /// @param resolveLinks whether the group follows links
  ParkedRead readParked(long from, boolean resolveLinks) {
    return new ParkedRead(
        store, store.read(id.parked(), ReadOptions.forwards().from(from)), resolveLinks);
  }

  // ---- all of them

  /// Deletes what there is.
  void delete() {
    for (var stream : List.of(id.checkpoints(), id.parked(), id.replayed())) {
      if (store.state(stream) instanceof StreamState.Present) {
        store.delete(stream, ExpectedState.any());
      }
    }
  }

  private ProposedEvent json(String type, String json) {
    return ProposedEvent.json(type, json).withId(ids.get());
  }

  private void append(StreamName stream, ProposedEvent event, int kept) {
    store.append(stream, ExpectedState.any(), event);
    var metadata = store.metadata(stream).metadata();
    if (metadata.maxCount().isEmpty()) {
      store.writeMetadata(stream, ExpectedState.any(), metadata.withMaxCount(kept));
    }
  }

  private Optional<RecordedEvent> last(StreamName stream) {
    try (var read = store.read(stream, ReadOptions.backwards().limit(1))) {
      var events = read.iterator();
      return events.hasNext() ? events.next().event() : Optional.empty();
    }
  }
}
