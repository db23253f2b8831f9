// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.EventStore;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.UnavailableException;
import io.leftfold.projections.Projections;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The projections of a node: there as soon as its store answers everything, gone when the node is
/// closed. What runs scripts is dear, so in a store without projections it is opened for whoever
/// asks first.
public final class ServedProjections implements AutoCloseable {

  private static final System.Logger LOGGER = System.getLogger(ServedProjections.class.getName());

  /// Names the projections of a store; it is not there if nobody ever made or enabled one.
  private static final StreamName NAMES = StreamName.of("$projections-$all");

  private final EventStore store;
  private final Function<EventStore, Projections> opener;
  private final PastFolds folds;
  private volatile @Nullable Projections open;
  private @Nullable String obstacle =
      "Projections begin as soon as the index is made; /health/ready tells how far it is";

  private boolean closed;

  /// Not open yet. Scripts see the store as [GuardedStore] shows it.
  ///
  /// @param store where the projections are
  /// @param everybodyReads whether whoever may ask this node at all may read a stream, now
  /// @param opener opens the projections of a store
  /// @param folds where folds are that somebody waits for
  public ServedProjections(
      EventStore store,
      Predicate<StreamName> everybodyReads,
      Function<EventStore, Projections> opener,
      PastFolds folds) {
    this.store = new GuardedStore(store, everybodyReads);
    this.opener = opener;
    this.folds = folds;
  }

  PastFolds folds() {
    return folds;
  }

  /// The store answers everything: opens the projections if there are any. Waits: not for an event
  /// loop.
  public synchronized void begin() {
    if (closed || open != null) {
      return;
    }
    obstacle = null;
    try {
      if (store.state(NAMES) instanceof StreamState.Present) {
        open = opener.apply(store);
      }
    } catch (RuntimeException e) {
      LOGGER.log(System.Logger.Level.ERROR, "Projections do not run", e);
    }
  }

  /// The projections. Waits for them to be opened.
  ///
  /// @return open ones
  /// @throws UnavailableException if the store is not ready, or the node is being closed
  public Projections get() {
    var opened = open;
    return opened == null ? opened() : opened;
  }

  private synchronized Projections opened() {
    if (obstacle != null) {
      throw new UnavailableException(UnavailableException.Reason.INDEXING, obstacle);
    }
    var opened = open;
    if (opened == null) {
      opened = opener.apply(store);
      open = opened;
    }
    return opened;
  }

  /// The projections, if somebody needed them already.
  ///
  /// @return open ones, or empty
  public Optional<Projections> ifOpen() {
    return Optional.ofNullable(open);
  }

  /// Stops them, each behind a last step, and waits for that.
  @Override
  public synchronized void close() {
    closed = true;
    obstacle = "The server is being stopped";
    var opened = open;
    open = null;
    if (opened != null) {
      opened.close();
    }
  }
}
