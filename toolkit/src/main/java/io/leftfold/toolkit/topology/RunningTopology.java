// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.toolkit.ProjectionStoppedException;
import java.time.Duration;
import java.util.List;

/// A topology that runs in this process. May be used by any number of threads.
public final class RunningTopology implements AutoCloseable {

  private final EventStore store;
  private final Driver driver;

  RunningTopology(EventStore store, Driver driver) {
    this.store = new Appending(store, driver);
    this.driver = driver;
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

  /// How it is with its parts in this process.
  ///
  /// @return in the order in which they were declared
  public List<PartStatus> parts() {
    return driver.members().stream().map(Member::status).toList();
  }

  /// Ends all parts, each behind what is under way, and gives leases back.
  @Override
  public void close() {
    driver.close();
  }
}
