// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import java.time.Clock;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A group that runs: the threads around a [GroupCore].
///
/// One thread owns the core and takes what happened from a mailbox, many things in one turn. One
/// reads the source ([ReadAhead]), one writes ([GroupWriter]), one reads parked events while they
/// are replayed ([ReplayRead]); those tell the owner by its mailbox. All are virtual.
final class RunningGroup implements GroupEffects {

  private static final System.Logger LOGGER = System.getLogger(RunningGroup.class.getName());
  private static final int TURN_MAX = 1024;

  /// How many who truncate parked events may wait for it.
  private static final int TRUNCATING_MAX = 16;

  private final GroupDefinition definition;
  private final Clock clock;
  private final ThreadFactory threads;
  private final GroupWriter writer;
  private final Watchdog watchdog;
  private final BlockingQueue<Runnable> mailbox = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  // What follows belongs to the owning thread.

  private final Consumers consumers;
  private final SourceReading source;
  private final ParkedReading parked;
  private GroupCore core;
  private OptionalLong checkpoint;
  private int truncating;
  private @Nullable RuntimeException stopping;

  /// @param checkpoint the last place that was done; empty if none was written
  RunningGroup(
      EventStore store,
      GroupDefinition definition,
      OptionalLong checkpoint,
      GroupStreams streams,
      Clock clock,
      ThreadFactory threads) {
    this.definition = definition;
    this.checkpoint = checkpoint;
    this.clock = clock;
    this.threads = threads;
    this.writer = new GroupWriter(definition.id(), streams);
    this.watchdog = new Watchdog(store, definition, clock);
    this.consumers = new Consumers(definition, mailbox, () -> core);
    this.source = new SourceReading(store, definition, clock, threads, mailbox, () -> core);
    this.parked = new ParkedReading(definition, streams, writer, threads, mailbox, () -> core);
    this.core = newCore();
  }

  private GroupCore newCore() {
    var after = checkpoint.orElse(definition.settings().start() - 1);
    return new GroupCore(definition.settings(), Math.max(-1, after), clock, this);
  }

  void start() {
    writer.refresh();
    threads.newThread(writer).start();
    threads.newThread(this::run).start();
  }

  GroupDefinition definition() {
    return definition;
  }

  // ---- what others ask for, from any thread

  /// Adds a consumer, or tells it why not.
  void connect(GroupConsumer consumer, int bufferSize) {
    mailbox.add(() -> join(consumer, bufferSize));
  }

  /// How it is.
  CompletableFuture<GroupInfo> info(OptionalLong lastKnown) {
    return asking(answer -> answer.complete(infoNow(lastKnown)));
  }

  /// Replays parked events.
  ///
  /// @param end the first place that is left alone
  CompletableFuture<Void> replay(long end) {
    return asking(answer -> parked.begin(end, _ -> true, 0, answer));
  }

  /// Replays a few parked events. Refused if so many would be replayed out of their order, here and
  /// there among those that stay parked, that it were much to remember.
  CompletableFuture<Void> replayChosen(Set<Long> parkedAt) {
    return asking(
        answer -> parked.begin(Long.MAX_VALUE, parkedAt::contains, parkedAt.size(), answer));
  }

  /// Takes parked events out.
  CompletableFuture<Void> truncate(long before) {
    return asking(answer -> {
      if (truncating >= TRUNCATING_MAX) {
        answer.completeExceptionally(
            GroupException.failed(
                definition.id(), "Parked messages are being truncated already; try again later"));
      } else {
        truncating++;
        var _ = answer.whenComplete((_, _) -> mailbox.add(() -> truncating--));
        writer.truncate(before, new Answering(answer));
      }
    });
  }

  /// Ends it, behind everything that was asked for before; a last checkpoint is written.
  ///
  /// @param reason for its consumers
  CompletableFuture<Void> stop(RuntimeException reason) {
    mailbox.add(() -> beginStop(reason));
    return ended;
  }

  private <T> CompletableFuture<T> asking(java.util.function.Consumer<CompletableFuture<T>> ask) {
    var answer = new CompletableFuture<T>();
    mailbox.add(() -> {
      if (stopping != null) {
        answer.completeExceptionally(stopping);
      } else {
        ask.accept(answer);
      }
    });
    return answer;
  }

  // ---- the owning thread

  private void run() {
    source.begin();
    while (!ended.isDone()) {
      try {
        turn();
      } catch (LeftfoldException e) {
        LOGGER.log(System.Logger.Level.WARNING, "Group " + definition.id(), e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | AssertionError e) {
        beginAnew(e);
      }
    }
    for (var late = mailbox.poll(); late != null; late = mailbox.poll()) {
      late.run();
    }
  }

  private void turn() throws InterruptedException {
    var task = mailbox.poll(waitMillis(), TimeUnit.MILLISECONDS);
    for (var i = 0; task != null && i < TURN_MAX; i++) {
      task.run();
      task = i < TURN_MAX - 1 ? mailbox.poll() : null;
    }
    if (stopping != null) {
      return;
    }
    source.beginAgainIfDue();
    // Behind what was read: so whatever was recorded after a right was taken is not given.
    consumers.dropUnwelcome();
    core.settle();
    consumers.flush();
    if (watchdog.standsStill(core)) {
      source.beginAnew();
    }
  }

  private long waitMillis() {
    var now = clock.millis();
    var due = Math.min(core.dueAt().orElse(Long.MAX_VALUE), source.againAt());
    return Math.clamp(due - now, 0, Watchdog.LOOK_MILLIS);
  }

  /// After an error that nobody foresaw: from the last checkpoint on, with nobody connected.
  private void beginAnew(Throwable error) {
    LOGGER.log(
        System.Logger.Level.ERROR,
        "Group %s failed, and begins anew behind its checkpoint".formatted(definition.id()),
        error);
    consumers.dropAll(GroupException.failed(definition.id(), String.valueOf(error.getMessage())));
    source.end();
    core = newCore();
    source.begin();
  }

  // ---- consumers

  private void join(GroupConsumer consumer, int bufferSize) {
    if (stopping != null) {
      consumer.dropped(stopping);
      return;
    }
    consumers.join(consumer, bufferSize);
  }

  // ---- what the core wants

  @Override
  public void deliver(long consumer, Entry entry) {
    consumers.deliver(consumer, entry);
  }

  @Override
  public void park(Entry entry, String reason) {
    var owner = core;
    writer.park(
        new GroupStreams.ToPark(entry.event.original(), reason),
        new GroupWriter.Told() {
          @Override
          public void written() {
            mailbox.add(() -> owner.parked(entry));
          }

          @Override
          public void failed(RuntimeException failure) {
            mailbox.add(() -> owner.parkingFailed(entry, reason));
          }
        });
  }

  @Override
  public void writeCheckpoint(long place) {
    var owner = core;
    writer.checkpoint(
        place,
        new GroupWriter.Told() {
          @Override
          public void written() {
            mailbox.add(() -> {
              checkpoint = OptionalLong.of(place);
              owner.checkpointWritten(place);
            });
          }

          @Override
          public void failed(RuntimeException failure) {
            mailbox.add(owner::checkpointFailed);
          }
        });
  }

  @Override
  public void read(int events) {
    source.ask(events);
  }

  @Override
  public void readParked(int events) {
    parked.ask(events);
  }

  @Override
  public void replayed(SortedSet<Long> parkedAt) {
    var owner = core;
    var count = parkedAt.size();
    writer.replayed(
        parkedAt, GroupWriter.Told.anyway(() -> mailbox.add(() -> owner.replay().removed(count))));
  }

  // ---- the end

  private void beginStop(RuntimeException reason) {
    if (stopping != null) {
      return;
    }
    stopping = reason;
    consumers.dropAll(reason);
    source.end();
    parked.end();
    // Links that are being written count for the last checkpoint, if they are written.
    writer.look((_, _, _) -> {}, GroupWriter.Told.anyway(() -> mailbox.add(this::endStop)));
  }

  private void endStop() {
    var place = core.safe();
    if (place > core.checkpoint()) {
      writer.checkpoint(place, new Answering(new CompletableFuture<>()));
    }
    writer.end(() -> {
      ended.complete(null);
      mailbox.add(() -> {}); // wakes the owner, which sees that it has ended
    });
  }

  private record Answering(CompletableFuture<Void> answer) implements GroupWriter.Told {
    @Override
    public void written() {
      answer.complete(null);
    }

    @Override
    public void failed(RuntimeException reason) {
      answer.completeExceptionally(reason);
    }
  }

  // ---- figures

  private GroupInfo infoNow(OptionalLong lastKnown) {
    var now = clock.millis();
    return new GroupInfo(
        definition,
        core.status(),
        core.figures(),
        core.progress(definition.isFiltered()),
        core.pace(now),
        checkpoint,
        lastKnown,
        Math.max(0, writer.parked() - core.replay().count()),
        consumers.infos(now));
  }
}
