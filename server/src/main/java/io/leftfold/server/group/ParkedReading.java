// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Has the parked events of a group read while they are replayed: begins it, and lets go of it.
/// Belongs to the group's thread; what is read comes by its mailbox.
final class ParkedReading {

  /// How many ranges of replayed events may be kept while others between them stay parked.
  private static final int REPLAYED_RANGES_MAX = 10_000;

  private final GroupDefinition definition;
  private final GroupStreams streams;
  private final GroupWriter writer;
  private final ThreadFactory threads;
  private final Queue<Runnable> mailbox;
  private final Supplier<GroupCore> core;
  private @Nullable ReplayRead reader;
  private boolean ended;

  /// @param core the one that the group has at the moment
  ParkedReading(
      GroupDefinition definition,
      GroupStreams streams,
      GroupWriter writer,
      ThreadFactory threads,
      Queue<Runnable> mailbox,
      Supplier<GroupCore> core) {
    this.definition = definition;
    this.streams = streams;
    this.writer = writer;
    this.threads = threads;
    this.mailbox = mailbox;
    this.core = core;
  }

  /// Begins, unless it goes on already, or so many would be replayed out of their order, here and
  /// there among those that stay parked, that it were much to remember.
  ///
  /// @param end the first place that is left alone
  /// @param wanted which of those before it
  /// @param ranges how many there may be of what is wanted
  void begin(long end, LongPredicate wanted, int ranges, CompletableFuture<Void> answer) {
    var owner = core.get();
    if (owner.replay().isGoingOn()) {
      answer.completeExceptionally(
          GroupException.failed(definition.id(), "Parked messages are being replayed already"));
      return;
    }
    reader = null;
    owner.replay().begin();
    writer.look(
        (from, last, without) -> {
          if (without.size() + ranges > REPLAYED_RANGES_MAX) {
            mailbox.add(owner.replay()::readingEnded);
            answer.completeExceptionally(tooScattered(without.size() + ranges));
            return;
          }
          mailbox.add(() -> {
            if (owner == core.get() && !ended) {
              read(from, Math.min(end, last), at -> wanted.test(at) && !without.contains(at));
            }
          });
        },
        new GroupWriter.Told() {
          @Override
          public void written() {
            answer.complete(null);
          }

          @Override
          public void failed(RuntimeException reason) {
            mailbox.add(owner.replay()::readingEnded);
            answer.completeExceptionally(reason);
          }
        });
  }

  private GroupException tooScattered(int ranges) {
    return GroupException.failed(
        definition.id(),
        "At most %d parked messages may be replayed out of order, with others before them that stay parked, but with these it may be %d; replay or truncate the first ones"
            .formatted(REPLAYED_RANGES_MAX, ranges));
  }

  private void read(long from, long end, LongPredicate wanted) {
    var owner = core.get();
    var begun =
        new ReplayRead(
            streams,
            definition.settings().resolveLinks(),
            from,
            end,
            wanted,
            new ReplayRead.Taker() {
              @Override
              public void read(List<ParkedEvent> batch) {
                mailbox.add(() -> batch.forEach(parked -> replay(owner, parked)));
              }

              @Override
              public void ended() {
                mailbox.add(owner.replay()::readingEnded);
              }
            });
    reader = begun;
    owner.replay().readingBegins();
    threads.newThread(begun).start();
  }

  private static void replay(GroupCore core, ParkedEvent parked) {
    parked
        .event()
        .ifPresentOrElse(
            event -> core.replay(event, parked.parkedAt()),
            () -> core.replay().gone(parked.parkedAt()));
  }

  /// Asks for more.
  void ask(int events) {
    if (reader != null) {
      reader.ask(events);
    }
  }

  /// Reads no more, for good.
  void end() {
    ended = true;
    if (reader != null) {
      reader.stop();
    }
  }
}
