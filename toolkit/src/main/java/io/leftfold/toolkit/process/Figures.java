// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/// Reads the figures of a runner, from any thread.
final class Figures {

  private final EventStore store;
  private final ProcessDefinition<?, ?, ?> definition;
  private final Clock clock;
  private final Inbox<?, ?, ?> inbox;
  private final Conductor<?, ?, ?> conductor;
  private final Asides<?, ?, ?> asides;

  Figures(
      EventStore store,
      ProcessDefinition<?, ?, ?> definition,
      Clock clock,
      Inbox<?, ?, ?> inbox,
      Conductor<?, ?, ?> conductor,
      Asides<?, ?, ?> asides) {
    this.store = store;
    this.definition = definition;
    this.clock = clock;
    this.inbox = inbox;
    this.conductor = conductor;
    this.asides = asides;
  }

  /// @param isRunning whether it goes on by itself, or step by step
  ProcessFigures read(boolean isRunning) {
    var taken = inbox.taken();
    var next = next(taken);
    var last = store.lastPosition().orElse(-1L);
    var work = conductor.work();
    return new ProcessFigures(
        taken,
        next.isPresent() ? last - taken : 0,
        next.map(this::waiting).orElse(Duration.ZERO),
        work.isCaughtUp(),
        work.census().begun(),
        work.census().completed(),
        work.census().parked(),
        asides.all().size(),
        work.openCommands(),
        work.atTargets(),
        work.retrying(),
        work.retries(),
        work.timers(),
        conductor.isFull(),
        isRunning);
  }

  /// How many instances stand still as of the last turn; asks no store.
  long parked() {
    return conductor.work().census().parked();
  }

  private Optional<RecordedEvent> next(long taken) {
    var options = ReadOptions.forwards().from(taken + 1).limit(1).filteredBy(definition.source());
    try (var read = store.readAll(options)) {
      return read.stream().findFirst().map(resolved -> resolved.original());
    }
  }

  private Duration waiting(RecordedEvent event) {
    var since = Duration.between(event.recorded(), clock.instant());
    return since.isNegative() ? Duration.ZERO : since;
  }
}
