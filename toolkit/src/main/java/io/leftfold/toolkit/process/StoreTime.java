// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import java.time.Duration;
import java.time.Instant;

/// What is known of the time by the store's clock: it is not before the newest instant at which an
/// event was recorded. When that is not enough to say that a timer is due, the store is asked by
/// appending an event to the stream `clocks.process-<name>`, which keeps its last one.
///
/// For one thread.
final class StoreTime {

  /// A clock that is ahead of the store's for long is found to be so this often.
  private static final Duration BETWEEN_LOOKS_MAX = Duration.ofMinutes(1);

  private static final String TYPE = EntryFormat.PREFIX + "clock";

  private final EventStore store;
  private final StreamName stream;
  private Instant latest = Instant.MIN;
  private boolean isStreamThere;

  /// By the clock of whoever asks, as is the next.
  private Instant looked = Instant.MIN;

  private Instant nextLook = Instant.MIN;

  StoreTime(EventStore store, ProcessDefinition<?, ?, ?> definition) {
    this.store = store;
    this.stream = StreamName.of("clocks.process-" + definition.name());
  }

  /// An event of the store was seen.
  void saw(RecordedEvent event) {
    if (event.recorded().isAfter(latest)) {
      latest = event.recorded();
    }
  }

  /// Whether it is a time, or later, by the store's clock.
  ///
  /// @param due which has come by the clock of whoever asks
  /// @param now by that clock
  boolean hasCome(Instant due, Instant now) {
    if (latest.isBefore(due) && isToLook(now)) {
      look();
      looked = now;
      nextLook = now.plus(pause(due));
    }
    return !latest.isBefore(due);
  }

  private boolean isToLook(Instant now) {
    return !now.isBefore(nextLook) || now.isBefore(looked); // somebody turned the clock back
  }

  private Duration pause(Instant due) {
    return latest.isBefore(due.minus(BETWEEN_LOOKS_MAX))
        ? BETWEEN_LOOKS_MAX
        : Duration.between(latest, due);
  }

  /// When it may be asked again that was too early, by the clock of whoever asks.
  Instant nextLook() {
    return nextLook;
  }

  private void look() {
    if (!isStreamThere && store.metadata(stream).metadata().maxCount().isEmpty()) {
      var _ =
          store.writeMetadata(stream, ExpectedState.any(), StreamMetadata.none().withMaxCount(1));
    }
    isStreamThere = true;
    var _ = store.append(stream, ExpectedState.any(), ProposedEvent.json(TYPE, "{}"));
    try (var read = store.read(stream, ReadOptions.backwards().limit(1))) {
      read.stream().forEach(event -> saw(event.original()));
    }
  }
}
