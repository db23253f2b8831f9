// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.toolkit.Checkpoint.Role;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Where a projection is kept: views, and beside them how far each has come. The seam for readers'
/// stores: whatever has transactions can be one.
///
/// All that a transaction does is there afterwards or nothing is, whatever happens meanwhile; that
/// is what makes a projection's events count exactly once. A transaction sees what others have
/// committed, at least from its first [Transaction#replace] on. May be used by any number of
/// threads.
///
/// @param <V> what a fold writes to
public interface ReadModel<V> {

  /// Makes room for a version; if there is room, it stays as it is. Not in a transaction, for not
  /// every database makes tables in one.
  ///
  /// @param version of a projection
  void prepare(ProjectionVersion version);

  /// Does something whole, or not at all.
  ///
  /// @param work what; called once
  /// @param <R> what comes of it
  /// @return what the work returned, when it is committed
  /// @throws RuntimeException what the work threw, and nothing was changed
  /// @throws ReadModelException if the store failed; then nobody knows whether it was changed
  <R> R transact(Function<? super Transaction<V>, ? extends R> work);

  /// Removes the view of a version, how far it came, and what was parked. What is not there is no
  /// error.
  ///
  /// @param version of a projection; should be nobody's
  void drop(ProjectionVersion version);

  /// Asks the live version of a projection.
  ///
  /// @param projection its name
  /// @param question only looks at the view
  /// @param <R> the answer
  /// @return the answer
  /// @throws IllegalStateException if nothing was ever kept of the projection
  default <R> R read(String projection, Function<? super V, ? extends R> question) {
    return transact(
        transaction -> question.apply(transaction.view(transaction.liveVersion(projection))));
  }

  /// What can be done in a transaction, by the thread that it was given to, as long as it lasts.
  ///
  /// @param <V> what a fold writes to
  interface Transaction<V> {

    /// The view of a version, for which there is room.
    ///
    /// @param version of a projection
    /// @return what a fold writes to
    V view(ProjectionVersion version);

    /// How far the versions of a projection have come.
    ///
    /// @param projection its name
    /// @return their checkpoints, by ascending version
    List<Checkpoint> checkpoints(String projection);

    /// How far the version of a projection has come that is read.
    ///
    /// @param projection its name
    /// @return its checkpoint; empty if nothing was ever kept of the projection
    default Optional<Checkpoint> live(String projection) {
      return checkpoints(projection).stream().filter(one -> one.role() == Role.LIVE).findFirst();
    }

    /// The version of a projection that is read.
    ///
    /// @param projection its name
    /// @return the version
    /// @throws IllegalStateException if nothing was ever kept of the projection
    default ProjectionVersion liveVersion(String projection) {
      return live(projection)
          .orElseThrow(() ->
              new IllegalStateException(
                  "Nothing is kept of the projection %s; run a Projector of it first"
                      .formatted(projection)))
          .version();
    }

    /// Keeps the checkpoint of a version that has none.
    ///
    /// @param first the checkpoint
    /// @throws ReadModelException if somebody else was quicker, at once or at the end
    void add(Checkpoint first);

    /// Puts a checkpoint in the place of another, if that is still there, by its revision. From
    /// then on nobody else's `replace` of that version passes, until this transaction has ended; or
    /// it passes, and of the two transactions one ends with a [ReadModelException].
    ///
    /// @param before what was read
    /// @param after the next one of the same version
    /// @return whether it was done
    boolean replace(Checkpoint before, Checkpoint after);

    /// The partitions of a version that stand still.
    ///
    /// @param version of a projection
    /// @return in the order of their names
    List<ParkedPartition> parked(ProjectionVersion version);

    /// The events that are kept of a partition that stands still.
    ///
    /// @param version of a projection
    /// @param partition which
    /// @param from the position to start at
    /// @param limit at most so many
    /// @return their positions, ascending
    List<Long> parkedEvents(ProjectionVersion version, String partition, long from, int limit);

    /// Keeps an event of a partition that stands still. If it is kept, the failure is replaced.
    ///
    /// @param version of a projection
    /// @param partition which
    /// @param position of the event
    /// @param failure what it failed with; empty if it stands behind one that failed
    void park(ProjectionVersion version, String partition, long position, String failure);

    /// Keeps an event no longer.
    ///
    /// @param version of a projection
    /// @param partition which
    /// @param position of the event
    void unpark(ProjectionVersion version, String partition, long position);
  }
}
