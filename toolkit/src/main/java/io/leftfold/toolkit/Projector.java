// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.Subscription;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.toolkit.ProjectionStatus.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs a [Projection]: takes its events from a store, in order, and folds each once into a
/// [ReadModel].
///
/// ```java
/// try (var balances = Projector.of(store, BALANCES, readModel)) {
///   balances.start();
///   …
///   balances.await(accepted.position(), Duration.ofSeconds(2)); // now it can be read
///   readModel.read("balances", states -> states.of("account-7"));
/// }
/// ```
///
/// **Once.** How far it came is written in the transaction of what was folded. Whatever ends the
/// process, and wherever, the next one goes on behind it. Several may run the same version, in one
/// process or several: who is slower does nothing, and goes on behind the other.
///
/// **Step by step.** Without [#start], nothing happens but in [#step] and [#catchUp], on the
/// calling thread, in the same order each time: for tests, and for folding within a request.
///
/// **In the background.** After [#start] one thread folds what is there, and what comes. An event
/// that fails is met as [FoldingOptions] say. What is no event's fault (the event store or the read
/// model's does not answer) is tried again for as long as it takes.
///
/// **Versions.** A version that is not the first is folded from zero beside the live one, reacts to
/// nothing, and never passes it. When it is as far, and no partition of it is parked, it takes the
/// live one's place in one transaction; from there on it reacts. The other one is then retired, and
/// folds no further, wherever it runs.
///
/// May be used by any number of threads; closes neither the store nor the read model.
///
/// @param <E> the events of the application
/// @param <V> what a fold writes to
public final class Projector<E, V> implements AutoCloseable {

  /// Where events are kept that cannot be understood, if they are to be [OnFailure#SET_ASIDE].
  public static final String UNREADABLE = "$unreadable";

  /// Where events are kept that were set aside and then left out; to [#resume] it folds them after
  /// all.
  public static final String LEFT_OUT = "$left-out";

  /// How often a read model is asked what somebody else has made of it.
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  private final Projection<E, V> projection;
  private final FoldingOptions options;
  private final ProjectionSource source;
  private final Progress progress = new Progress();
  private final Notices notices;
  private final KeptVersion<E, V> kept;

  /// Held while events are folded or resumed.
  private final ReentrantLock turn = new ReentrantLock();

  private volatile @Nullable Thread thread;
  private volatile @Nullable Subscription subscription;

  private Projector(
      EventStore store,
      Projection<E, V> projection,
      ReadModel<V> readModel,
      FoldingOptions options) {
    this.projection = projection;
    this.options = options;
    this.source = new ProjectionSource(store, projection.source(), options.batchEventsMax());
    this.notices = Notices.of(projection.version());
    this.kept = new KeptVersion<>(projection, readModel, options, progress, notices);
  }

  /// A projector with default options, which does nothing yet.
  ///
  /// @param store where events are
  /// @param projection what they do
  /// @param readModel what they do it to
  /// @param <E> the events of the application
  /// @param <V> what a fold writes to
  /// @return the projector
  public static <E, V> Projector<E, V> of(
      EventStore store, Projection<E, V> projection, ReadModel<V> readModel) {
    return of(store, projection, readModel, FoldingOptions.defaults());
  }

  /// A projector, which does nothing yet.
  ///
  /// @param store where events are
  /// @param projection what they do
  /// @param readModel what they do it to
  /// @param options how it is run
  /// @param <E> the events of the application
  /// @param <V> what a fold writes to
  /// @return the projector
  public static <E, V> Projector<E, V> of(
      EventStore store,
      Projection<E, V> projection,
      ReadModel<V> readModel,
      FoldingOptions options) {
    return new Projector<>(store, projection, readModel, options);
  }

  // ---- step by step

  /// Takes the next events, at most one transaction of them, or does what else comes next: begins,
  /// takes the place of an older version, finds out where it is after somebody else was quicker.
  ///
  /// @return whether anything was done; if not, there is nothing to do for now
  /// @throws ProjectionFailedException if an event cannot be folded, and is not to be parked
  /// @throws RuntimeException if the event store or the read model's failed; a step again begins at
  ///   what is kept
  public boolean step() {
    if (progress.phase() == Phase.RUNNING || progress.phase() == Phase.RETRYING) {
      throw new IllegalStateException(
          "Projection %s runs in the background, and goes no steps; close it first"
              .formatted(projection.version()));
    }
    return inTurn(this::next);
  }

  /// Takes steps until there is nothing to do.
  ///
  /// @throws ProjectionFailedException if an event cannot be folded, and is not to be parked
  /// @throws RuntimeException if the event store or the read model's failed
  public void catchUp() {
    while (step()) {
      // It did something.
    }
  }

  private boolean inTurn(Supplier<Boolean> work) {
    turn.lock();
    try {
      return work.get();
    } catch (OutrunException _) {
      kept.forget();
      return true;
    } catch (ProjectionFailedException failure) {
      throw failure;
    } catch (RuntimeException failure) {
      kept.forget();
      throw failure;
    } finally {
      turn.unlock();
    }
  }

  private boolean next() {
    var isNew = kept.known().isEmpty();
    var known = kept.open();
    if (known.isRetired()) {
      progress.become(Phase.RETIRED);
      return false;
    }
    if (known.isBuilding() && known.through() >= known.gate()) {
      return kept.takeOver(source);
    }
    var batch = source.read(known.through(), Math.min(source.last(), known.gate()));
    kept.fold(batch);
    return isNew || known.isBuilding() || batch.through() > known.through();
  }

  // ---- in the background

  /// Folds in the background from now on. Started again after it stopped, it tries again.
  ///
  /// @throws IllegalStateException if it is running, or closed
  public synchronized void start() {
    switch (progress.phase()) {
      case IDLE, STOPPED, RETIRED -> {
        progress.become(Phase.RUNNING);
        var started = options.threads().newThread(this::run);
        thread = started;
        started.start();
      }
      case RUNNING, RETRYING, CLOSED ->
          throw new IllegalStateException(
              "Projection %s can be started when it does not run and is not closed, but it is %s"
                  .formatted(projection.version(), progress.phase()));
    }
  }

  private void run() {
    for (var attempts = 1; !progress.isClosed(); attempts++) {
      var before = progress.position();
      try {
        if (!runOn()) {
          return;
        }
      } catch (ProjectionFailedException failure) {
        progress.become(Phase.STOPPED, failure);
        notices.stopped(failure);
        return;
      } catch (InterruptedException _) {
        progress.become(Phase.STOPPED);
        return;
      } catch (RuntimeException failure) {
        if (progress.isClosed() || isOver(failure)) {
          progress.become(Phase.STOPPED, failure);
          notices.storeClosed();
          return;
        }
        attempts = progress.position() > before ? 1 : attempts;
        if (progress.phase() != Phase.RETRYING) {
          notices.retrying(failure);
        }
        progress.become(Phase.RETRYING, failure);
        progress.pause(options.pauseAfter(attempts));
      } catch (Error e) {
        progress.become(Phase.STOPPED, new IllegalStateException(e));
        notices.ended(e);
        throw e;
      }
    }
  }

  private static boolean isOver(RuntimeException failure) {
    return Thread.currentThread().isInterrupted()
        || (failure instanceof UnavailableException unavailable
            && unavailable.reason() == Reason.CLOSED);
  }

  /// Goes on until somebody else is quicker.
  ///
  /// @return whether there is more to do
  private boolean runOn() throws InterruptedException {
    while (!progress.isClosed()) {
      var moved = inTurn(this::next);
      if (progress.phase() == Phase.RETIRED) {
        return false;
      }
      goesOn();
      if (!moved && kept.known().filter(known -> !known.isBuilding()).isPresent()) {
        follow();
      } else if (!moved) {
        progress.pause(options.pauseFirst());
      }
    }
    return false;
  }

  private void goesOn() {
    if (progress.phase() == Phase.RETRYING) {
      notices.goesOn();
    }
    progress.become(Phase.RUNNING);
  }

  /// Folds what comes, until somebody else is quicker.
  private void follow() throws InterruptedException {
    try (var following = source.follow(progress.position())) {
      subscription = following;
      while (!progress.isClosed() && kept.known().isPresent()) {
        var batch = source.take(following);
        inTurn(() -> {
          kept.fold(batch);
          return true;
        });
        goesOn();
      }
    } finally {
      subscription = null;
    }
  }

  /// Ends folding behind the transaction that is under way, and waits for that. Whoever waits for a
  /// position is told. Closing twice does nothing.
  @Override
  public synchronized void close() {
    progress.become(Phase.CLOSED);
    var waiting = subscription;
    if (waiting != null) {
      waiting.close();
    }
    var running = thread;
    if (running != null && !running.equals(Thread.currentThread())) {
      try {
        running.join();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // ---- for those who ask

  /// Waits until everything up to a position is in the view: to read what one has written.
  ///
  /// @param position of an event of the store, as an append or an accepted command gave it
  /// @param atMost how long
  /// @return whether it is; if not, the time is up
  /// @throws ProjectionStoppedException if it will not come: the projection does not go on, or the
  ///   event is parked
  /// @throws InterruptedException if the waiting thread was interrupted
  public boolean await(long position, Duration atMost) throws InterruptedException {
    if (!progress.await(projection.version(), wanted(position), atMost)) {
      return false;
    }
    if (kept.isParked(position)) {
      throw parked(position);
    }
    return true;
  }

  /// Waits as [#await] does, but for whoever folds this projection, in whatever process: asks the
  /// read model now and then how far the version that is read has come. Without a look at why it
  /// does not go on, if it does not.
  ///
  /// @param position of an event of the store
  /// @param atMost how long, besides what the read model takes to answer
  /// @return whether everything up to it is in the view; if not, the time is up
  /// @throws ProjectionStoppedException if the event is parked
  /// @throws InterruptedException if the waiting thread was interrupted
  public boolean awaitKept(long position, Duration atMost) throws InterruptedException {
    var wanted = lastWanted(position);
    var left = atMost;
    while (!kept.isKept(wanted)) {
      if (!left.isPositive()) {
        return false;
      }
      var pause = left.compareTo(BETWEEN_LOOKS) < 0 ? left : BETWEEN_LOOKS;
      Thread.sleep(pause);
      left = left.minus(pause);
    }
    if (kept.isParkedByTheLive(position)) {
      throw parked(position);
    }
    return true;
  }

  private ProjectionStoppedException parked(long position) {
    return new ProjectionStoppedException(
        "Position %d was waited for, but projection %s keeps it with a parked partition; look at parked() and resume it"
            .formatted(position, projection.version()));
  }

  /// The last event up to a position that has to be folded. If the store does not say, the
  /// projector that reads from it will know why.
  private long wanted(long position) {
    return progress.position() >= position ? position : lastWanted(position);
  }

  /// The same, however far this projector has come: what is kept says nothing of what the
  /// projection does not want.
  private long lastWanted(long position) {
    try {
      return source.lastWanted(position);
    } catch (UnavailableException _) {
      return position;
    }
  }

  /// What it is doing, and how far it has come.
  ///
  /// @return the status now; asks no store
  public ProjectionStatus status() {
    var known = kept.known();
    return new ProjectionStatus(
        projection.version(),
        progress.phase(),
        known.map(one -> one.checkpoint().role()),
        progress.position(),
        known.map(Known::parked).orElse(Set.of()),
        progress.failure());
  }

  /// How many positions of the store it is behind.
  ///
  /// @return 0 if there is nothing for it to fold
  public long lag() {
    var last = source.last();
    var position = progress.position();
    return source.lastWanted(last) <= position ? 0 : last - position;
  }

  /// How it is doing, in numbers.
  ///
  /// @return the figures now; asks the store for the next event
  /// @throws UnavailableException if the store cannot be asked
  public ProjectionFigures figures() {
    var status = status();
    var next = source.next(status.position());
    return new ProjectionFigures(
        status.phase(),
        status.position(),
        next.isPresent() ? source.last() - status.position() : 0,
        next.map(RecordedEvent::recorded),
        status.parked().size());
  }

  /// The partitions that stand still.
  ///
  /// @return in the order of their names
  public List<ParkedPartition> parked() {
    return kept.parked();
  }

  /// Folds what is kept of a parked partition, in order, each event in a transaction; then the
  /// partition goes on with the others, which wait meanwhile.
  ///
  /// @param partition which; one that is not parked is no error
  /// @throws ProjectionFailedException if an event failed again: it and what is behind it stay
  ///   parked
  public void resume(String partition) {
    while (inTurn(() -> kept.resumeOne(partition, source))) {
      // One more was folded.
    }
  }

  /// Leaves out of the view, for good, an event that was set aside because it cannot be understood:
  /// this version of the projection is folded as if it had not happened, also when partitions are
  /// folded again for an erasure. A later version meets it anew. Nobody else need fold meanwhile.
  ///
  /// @param position of the event, in [#parked()] of the partition [#UNREADABLE]
  /// @return whether it was set aside, and now is left out
  public boolean leaveOut(long position) {
    var done = new boolean[1];
    while (inTurn(
        () -> {
          done[0] = kept.leaveOut(position);
          return false;
        })) {
      // Somebody else was quicker.
    }
    return done[0];
  }

  /// What was left out.
  ///
  /// @return the positions of the events, ascending
  public List<Long> leftOut() {
    return kept.leftOut();
  }

  static boolean isAside(String partition) {
    return partition.equals(UNREADABLE) || partition.equals(LEFT_OUT);
  }

  /// Forgets what views derived from events of a subject ([Erasure#purging]): the partitions of
  /// these events are emptied, and folded again from their beginning by what can still be read, in
  /// one transaction and without reactions. This goes through the source twice, the second time
  /// within the transaction, which therefore lasts as long as that takes: of partitions of any size
  /// one batch of events is in memory, and what the read model keeps of a transaction besides. If
  /// it dies, everything is as it was, and the purge is still owed. Any number of projectors may
  /// fold the same version, and one of them is purged: the others find that they were outrun, and
  /// read again.
  ///
  /// **What is hidden is lost to the view.** Events that `$maxAge`, `$maxCount` or a truncation
  /// hide by now, or that were scavenged, were folded once and are not folded again, so whatever a
  /// partition owes to them, a total for instance, is no longer in it. Whoever folds streams that
  /// forget puts what is personal into views of its own, or seals it ([JsonBinding#sealing]) and
  /// needs no purge.
  ///
  /// What an earlier reaction wrote, an outbox, is the application's to purge; so are versions that
  /// are retired ([ReadModel#drop]), and what the files of a database keep of rows that were
  /// changed. A version that is being built has its own projector, and its own purge. Partitions
  /// are by nothing personal, for they would be others now.
  ///
  /// @param clear empties the view of a partition: `States::remove`, or a `DELETE` in SQL
  /// @return the purge, which reports the partitions
  public Purge purging(BiConsumer<? super V, String> clear) {
    return (subject, _) -> {
      var refolding = new Refolding<>(projection, kept, source, options.onFailure());
      var purged = new ArrayList<String>();
      while (inTurn(
          () -> {
            purged.clear();
            purged.addAll(refolding.refold(subject, clear));
            return false;
          })) {
        // Somebody else was quicker.
      }
      return purged;
    };
  }

  private FoldingOptions withParking() {
    return options.onFailure() == OnFailure.STOP ? options.with(OnFailure.PARK) : options;
  }

  /// The view as it would have been at an earlier moment: folds the past into a read model that is
  /// thrown away afterwards. Reacts to nothing. What cannot be folded is parked there.
  ///
  /// @param moment of the store
  /// @param empty a read model of which nothing is kept
  /// @param <M> its kind
  /// @return the same, which answers now as of then
  public <M extends ReadModel<V>> M asOf(AsOf moment, M empty) {
    var past =
        new KeptVersion<>(projection.quiet(), empty, withParking(), new Progress(), Notices.none());
    var batch = source.readPast(past.open().through(), moment);
    while (!batch.events().isEmpty()) {
      past.fold(batch);
      batch = source.readPast(past.open().through(), moment);
    }
    return empty;
  }
}
