// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventStore;
import io.leftfold.api.StreamTombstonedException;
import java.time.Clock;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Has the source of a group read, behind what its core has seen: begins it, begins it anew after a
/// failure, lets go of it. Belongs to the group's thread; what is read comes by its mailbox.
final class SourceReading {

  private static final System.Logger LOGGER = System.getLogger(SourceReading.class.getName());
  private static final long AGAIN_MILLIS = 1_000;
  private static final long NEVER = Long.MAX_VALUE;

  private final EventStore store;
  private final GroupDefinition definition;
  private final Clock clock;
  private final ThreadFactory threads;
  private final Queue<Runnable> mailbox;
  private final Supplier<GroupCore> core;
  private @Nullable ReadAhead reader;
  private long againAt = NEVER;
  private String lastFailure = "";

  /// @param core the one that the group has at the moment
  SourceReading(
      EventStore store,
      GroupDefinition definition,
      Clock clock,
      ThreadFactory threads,
      Queue<Runnable> mailbox,
      Supplier<GroupCore> core) {
    this.store = store;
    this.definition = definition;
    this.clock = clock;
    this.threads = threads;
    this.mailbox = mailbox;
    this.core = core;
  }

  void begin() {
    var begun =
        new ReadAhead(
            store,
            definition,
            core.get().lastSeen(),
            new ReadAhead.Taker() {
              @Override
              public void read(ReadAhead from, List<ReadAhead.Read> batch) {
                mailbox.add(() -> take(from, batch));
              }

              @Override
              public void failed(ReadAhead from, RuntimeException reason) {
                mailbox.add(() -> readingFailed(from, reason));
              }
            });
    reader = begun;
    threads.newThread(begun).start();
  }

  /// Asks for more.
  void ask(int events) {
    if (reader != null) {
      reader.ask(events);
    }
  }

  void beginAnew() {
    end();
    core.get().readAnew();
    begin();
  }

  /// Begins anew if it failed a while ago.
  void beginAgainIfDue() {
    if (againAt <= clock.millis()) {
      beginAnew();
    }
  }

  /// When it is to begin again; far away if it need not.
  long againAt() {
    return againAt;
  }

  void end() {
    againAt = NEVER;
    if (reader != null) {
      reader.stop();
      reader = null;
    }
  }

  /// What a reader read that was given up is not taken.
  private void take(ReadAhead from, List<ReadAhead.Read> batch) {
    if (from != reader) {
      return;
    }
    var taker = core.get();
    for (var read : batch) {
      switch (read) {
        case ReadAhead.Read.Event(var event, var place) -> taker.read(event, place);
        case ReadAhead.Read.PassedOver(var place, var events) -> taker.passedOver(place, events);
        case ReadAhead.Read.Live(var isLive) -> taker.live(isLive);
      }
    }
  }

  private void readingFailed(ReadAhead from, RuntimeException reason) {
    if (from != reader) {
      return;
    }
    end();
    // A tombstoned stream has nothing more to say, now and after every restart.
    if (!(reason instanceof StreamTombstonedException)) {
      againAt = clock.millis() + AGAIN_MILLIS;
    }
    var failure = String.valueOf(reason.getMessage());
    if (!failure.equals(lastFailure)) {
      lastFailure = failure;
      LOGGER.log(
          System.Logger.Level.WARNING,
          "Group {0} cannot read its source: {1}",
          definition.id(),
          failure);
    }
  }
}
