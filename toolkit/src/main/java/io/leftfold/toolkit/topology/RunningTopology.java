// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.ProjectionStoppedException;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.process.ProcessDefinition;
import io.leftfold.toolkit.process.ProcessRunner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A topology that runs in this process. May be used by any number of threads.
public final class RunningTopology implements AutoCloseable {

  private final EventStore store;
  private final Driver driver;
  private final AtomicBoolean isPrepared = new AtomicBoolean(true);

  RunningTopology(EventStore store, Driver driver) {
    this.store = new Appending(store, driver);
    this.driver = driver;
  }

  /// Lets a topology begin that was only prepared ([Topology#prepare]). Until then, nobody who
  /// appends waits for what runs in the background; what is there by then is folded afterwards.
  ///
  /// @throws IllegalStateException if it was begun, or closed
  public void start() {
    if (!isPrepared.compareAndSet(true, false)) {
      throw new IllegalStateException("A topology begins once, and not when it was closed");
    }
    driver.start();
  }

  /// The store, where who appends waits as the mode says. What others append to the store itself is
  /// folded all the same, and not waited for. Closing it does nothing.
  ///
  /// @return the store to give to command handlers
  public EventStore store() {
    return store;
  }

  private static final class Appending extends ForwardingEventStore {
    private final Driver driver;

    Appending(EventStore store, Driver driver) {
      super(store);
      this.driver = driver;
    }

    @Override
    public AppendResult append(Commit commit) {
      var result = super.append(commit);
      result.position().ifPresent(driver::appended);
      return result;
    }

    @Override
    public void close() {
      // Whoever opened the store closes it.
    }
  }

  /// Does what there is to do, in the caller's thread, until there is nothing.
  ///
  /// @throws RuntimeException what a part failed with; it is tried again the next time
  /// @throws IllegalStateException if it is run in the background
  public void drain() {
    driver.drain();
  }

  /// Waits until everything up to a position is in the views of all projections, whichever process
  /// folds them.
  ///
  /// @param position of an event of the store, as an append or an accepted command gave it
  /// @param atMost how long for each of them
  /// @return whether it is; if not, the time is up
  /// @throws ProjectionStoppedException if it will not come
  /// @throws InterruptedException if the waiting thread was interrupted
  public boolean await(long position, Duration atMost) throws InterruptedException {
    for (var member : driver.members()) {
      if (!member.await(position, atMost)) {
        return false;
      }
    }
    return true;
  }

  /// What runs a projection here, or would: to look at what is parked, resume it, or purge it of a
  /// person ([io.leftfold.toolkit.Erasure]). It is started and closed by the topology alone.
  ///
  /// @param projection of this topology
  /// @param <E> the events of the application
  /// @param <V> what a fold writes to
  /// @return the projector as of now; in [Mode.Shared] another one after a lease was lost
  /// @throws IllegalArgumentException if the topology has no such projection
  @SuppressWarnings("unchecked") // it was declared with these types
  public <E, V> Projector<E, V> projector(Projection<E, V> projection) {
    var part = part(Topology.nameOf(projection));
    if (part instanceof RunningPart.OfProjection(var projector)) {
      return (Projector<E, V>) projector;
    }
    throw new IllegalArgumentException(
        "%s is no projection of this topology".formatted(projection.version()));
  }

  /// What runs a process here, or would: to look at instances, operate them, or purge it of a
  /// person. It is started by the topology alone.
  ///
  /// @param definition of this topology
  /// @param <E> the events that are followed
  /// @param <S> the state of an instance
  /// @param <C> the commands
  /// @return the runner as of now
  /// @throws IllegalArgumentException if the topology has no such process
  @SuppressWarnings("unchecked") // it was declared with these types
  public <E, S, C> ProcessRunner<E, S, C> process(ProcessDefinition<E, S, C> definition) {
    if (part(definition.name()) instanceof RunningPart.OfProcess process) {
      return (ProcessRunner<E, S, C>) process.runner;
    }
    throw new IllegalArgumentException(
        "%s is no process of this topology".formatted(definition.name()));
  }

  private @Nullable RunningPart part(String name) {
    return driver.members().stream()
        .filter(member -> member.name().equals(name))
        .map(Member::part)
        .findFirst()
        .orElse(null);
  }

  /// How it is with its parts in this process.
  ///
  /// @return in the order in which they were declared
  public List<PartStatus> parts() {
    return driver.members().stream().map(Member::status).toList();
  }

  /// Lets a part run again that has ended by itself in the background: a projection that is to
  /// [io.leftfold.toolkit.OnFailure#STOP] before an event, or anything that met what nobody had
  /// foreseen. Outages end nothing. A part stays ended until this is called or the application
  /// starts anew, for it would end again, and its failure would come and go; only in [Mode.Shared]
  /// it is given to another process, and needs no such call.
  ///
  /// @param part its name
  /// @return whether it had ended, and now goes on
  /// @throws IllegalArgumentException if the topology has no such part
  public boolean restart(String part) {
    return driver.restart(
        driver.members().stream()
            .filter(member -> member.name().equals(part))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException("%s is no part of this topology".formatted(part))));
  }

  /// How a part is doing in this process, in numbers.
  ///
  /// @param part its name
  /// @return empty if it does not run here, did not begin yet, or there is none of that name
  /// @throws io.leftfold.api.UnavailableException if the store cannot be asked
  public Optional<PartFigures> figures(String part) {
    return driver.members().stream()
        .filter(member -> member.name().equals(part))
        .findFirst()
        .flatMap(Member::figures);
  }

  /// Ends all parts, each behind what is under way, and gives leases back.
  @Override
  public void close() {
    isPrepared.set(false);
    driver.close();
  }
}
