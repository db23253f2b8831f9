// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.ParkedPartition;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// A read model whose process dies, or whose answer is lost, at one of all the moments between two
/// calls: before and behind each call in a transaction, before its commit, and between the commit
/// and the answer.
final class DyingReadModel<S> implements ReadModel<States<S>> {

  private final ReadModel<States<S>> readModel;
  private final Supplier<? extends Throwable> death;
  private int stepsToLive;

  /// @param stepsToLive how many moments pass before it happens, once
  DyingReadModel(
      ReadModel<States<S>> readModel, int stepsToLive, Supplier<? extends Throwable> death) {
    this.readModel = readModel;
    this.stepsToLive = stepsToLive;
    this.death = death;
  }

  /// The process is no more.
  static final class Killed extends VirtualMachineError {
    private static final long serialVersionUID = 1;
  }

  boolean isAlive() {
    return stepsToLive >= 0;
  }

  private void moment() {
    if (stepsToLive-- == 0) {
      DyingReadModel.<RuntimeException>sneak(death.get());
    }
  }

  @SuppressWarnings("unchecked") // An error passes where an exception is said to.
  private static <T extends Throwable> void sneak(Throwable death) throws T {
    throw (T) death;
  }

  private <R> R between(Supplier<R> call) {
    moment();
    var answer = call.get();
    moment();
    return answer;
  }

  @Override
  public void prepare(ProjectionVersion version) {
    moment();
    readModel.prepare(version);
    moment();
  }

  @Override
  public void drop(ProjectionVersion version) {
    readModel.drop(version);
  }

  @Override
  public <R> R transact(Function<? super Transaction<States<S>>, ? extends R> work) {
    moment();
    R answer =
        readModel.<R>transact(transaction -> {
          R inside = work.apply(new DyingTransaction(transaction));
          moment();
          return inside;
        });
    moment();
    return answer;
  }

  private final class DyingTransaction implements Transaction<States<S>> {
    private final Transaction<States<S>> transaction;

    DyingTransaction(Transaction<States<S>> transaction) {
      this.transaction = transaction;
    }

    @Override
    public States<S> view(ProjectionVersion version) {
      var states = transaction.view(version);
      return new States<>() {
        @Override
        public Optional<S> of(String partition) {
          return between(() -> states.of(partition));
        }

        @Override
        public void put(String partition, S state) {
          moment();
          states.put(partition, state);
          moment();
        }

        @Override
        public void remove(String partition) {
          moment();
          states.remove(partition);
          moment();
        }

        @Override
        public Map<String, S> all() {
          return states.all();
        }
      };
    }

    @Override
    public List<Checkpoint> checkpoints(String projection) {
      return between(() -> transaction.checkpoints(projection));
    }

    @Override
    public void add(Checkpoint first) {
      moment();
      transaction.add(first);
      moment();
    }

    @Override
    public boolean replace(Checkpoint before, Checkpoint after) {
      return between(() -> transaction.replace(before, after));
    }

    @Override
    public List<ParkedPartition> parked(ProjectionVersion version) {
      return between(() -> transaction.parked(version));
    }

    @Override
    public List<Long> parkedEvents(
        ProjectionVersion version, String partition, long from, int limit) {
      return between(() -> transaction.parkedEvents(version, partition, from, limit));
    }

    @Override
    public void park(ProjectionVersion version, String partition, long position, String failure) {
      moment();
      transaction.park(version, partition, position, failure);
      moment();
    }

    @Override
    public void unpark(ProjectionVersion version, String partition, long position) {
      moment();
      transaction.unpark(version, partition, position);
      moment();
    }
  }
}
