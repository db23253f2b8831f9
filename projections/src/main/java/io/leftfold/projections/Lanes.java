// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A script as a [Fold] whose partitions are divided among several worlds of it, *lanes*, that fold
/// at the same time.
///
/// Events that are said to be next ([#ahead]) are folded by all lanes together, each its own
/// partitions in order, and given out one by one when they are asked for. If anything is out of the
/// ordinary (an event fails, or takes much, or the script has to be asked in order), all of it is
/// taken back, and the events are folded one after the other, as in one world, until the states are
/// saved. So what a failure means is decided in one place only, [ProjectionFold].
///
/// There is one lane until a backlog shows, and again when there was none for long. Outside of
/// [#ahead], [#save] and what they call, everything is done by the thread that asks.
final class Lanes implements Fold {

  /// What a lane may allocate for the events of one call, and what may be emitted for them in all
  /// lanes, in characters: a step that is full ends with such a call.
  private static final long ALLOCATED_BYTES_MAX = OpenStep.ALLOCATED_BYTES_MAX / 2;

  private static final long EMITTED_CHARS_MAX = 8L << 20;
  private static final int MEASURED_EVENTS = 8;
  private static final int RESTED_SAVES_MAX = 64;
  private static final int IDLE_SAVES = 100;

  private final CompiledProjection projection;
  private final SavedStates states;
  private final boolean mayEmit;
  private final LaneThreads threads;
  private final List<ProjectionFold> lanes = new ArrayList<>();

  /// What was folded and not asked for yet.
  private final ArrayDeque<Folded> ahead = new ArrayDeque<>();

  /// How many events since the last save each lane has handled, but for those ahead.
  private int[] handled = {0};

  /// Partitions that changed since the last save, in order.
  private final Set<String> changed = new LinkedHashSet<>();

  private final AtomicLong allocated = new AtomicLong();
  private int restedSaves;
  private int savesToRest;
  private int idleSaves;

  /// An event that was folded.
  private record Folded(ResolvedEvent event, int lane, FoldStep step) {}

  private Lanes(
      CompiledProjection projection, SavedStates states, boolean mayEmit, LaneThreads threads) {
    this.projection = projection;
    this.states = states;
    this.mayEmit = mayEmit;
    this.threads = threads;
    lanes.add(lane());
  }

  /// Opens folds of a script: with lanes if its partitions have nothing in common.
  ///
  /// @param projection the script
  /// @param mayEmit whether it may write
  /// @param threads fold beside the thread that asks
  static Opener opener(CompiledProjection projection, boolean mayEmit, LaneThreads threads) {
    var one = ScriptFold.opener(projection, mayEmit);
    if (threads.lanes() == 1 || !projection.isDivisible()) {
      return one;
    }
    return new Opener() {
      @Override
      public ProjectionDefinition definition() {
        return projection.definition();
      }

      @Override
      public Fold open(SavedStates states) {
        return new Lanes(projection, states, mayEmit, threads);
      }
    };
  }

  private ProjectionFold lane() {
    return mayEmit ? projection.fold(states) : projection.foldWithoutEmitting(states);
  }

  private int laneOf(String partition) {
    return Math.floorMod(partition.hashCode(), lanes.size());
  }

  // ---- one after the other

  @Override
  public FoldStep handle(ResolvedEvent event) {
    var next = ahead.peek();
    if (next != null && next.event().equals(event)) {
      ahead.remove();
      if (next.step().isHandled()) {
        handled[next.lane()]++;
        changed.add(next.step().partition());
      }
      return next.step();
    }
    takeBack();
    var step =
        switch (membership(event)) {
          case ProjectionFold.Membership.Of(var partition) ->
              lanes.get(laneOf(partition)).handle(event, partition);
          case ProjectionFold.Membership.None(), ProjectionFold.Membership.Unknown() ->
              lanes.getFirst().handle(event);
        };
    if (step.isHandled()) {
      changed.add(step.partition());
    }
    return step;
  }

  private ProjectionFold.Membership membership(ResolvedEvent event) {
    return lanes.size() == 1
        ? new ProjectionFold.Membership.Unknown()
        : lanes.getFirst().membership(event);
  }

  // ---- ahead

  @Override
  public boolean isAhead() {
    return !ahead.isEmpty();
  }

  @Override
  public long allocatedElsewhere() {
    return allocated.get();
  }

  @Override
  public boolean looksAhead() {
    return savesToRest == 0;
  }

  @Override
  public void ahead(List<ResolvedEvent> next) {
    takeBack();
    if (!looksAhead() || next.size() < threads.eventsMin() || !divide()) {
      return;
    }
    idleSaves = 0;
    handled = lanes.stream().mapToInt(ProjectionFold::unsavedEvents).toArray();
    var memberships = memberships(next);
    var steps = new FoldStep[next.size()];
    var budget = new Budget();
    each(lane -> fold(lane, next, memberships, steps, budget));
    if (budget.isSpent()) {
      retreat();
      rest();
      return;
    }
    for (var i = 0; i < next.size(); i++) {
      var step = steps[i];
      if (step == null) {
        // Its partition is not known: what stands behind it was not folded either.
        rest();
        break;
      }
      ahead.add(new Folded(next.get(i), laneOf(step.partition()), step));
    }
    if (ahead.size() == next.size()) {
      restedSaves = 0;
    }
  }

  /// Folds nothing ahead until the next save, or some more if that happens again and again.
  private void rest() {
    restedSaves = Math.min(RESTED_SAVES_MAX, 1 + 2 * restedSaves);
    savesToRest = restedSaves;
  }

  /// What may be taken for the events of one call.
  private static final class Budget {
    private final AtomicLong emittedChars = new AtomicLong();
    private volatile boolean spent;

    void emitted(FoldStep step) {
      if (!step.emitted().isEmpty()) {
        var chars = 0L;
        for (var event : step.emitted()) {
          chars += event.stream().length() + event.data().length() + event.metadata().length();
        }
        if (emittedChars.addAndGet(chars) > EMITTED_CHARS_MAX) {
          spent = true;
        }
      }
    }

    void spend() {
      spent = true;
    }

    boolean isSpent() {
      return spent;
    }
  }

  /// Folds the events of a lane's partitions.
  private void fold(
      int lane,
      List<ResolvedEvent> next,
      ProjectionFold.Membership[] memberships,
      @Nullable FoldStep[] steps,
      Budget budget) {
    var fold = lanes.get(lane);
    var before = threads.allocatedBytes();
    try {
      for (var i = 0; i < next.size() && !budget.isSpent(); i++) {
        switch (memberships[i]) {
          case ProjectionFold.Membership.Of(var partition) -> {
            if (laneOf(partition) == lane) {
              var step = fold.handle(next.get(i), partition);
              steps[i] = step;
              budget.emitted(step);
            }
          }
          case ProjectionFold.Membership.None() -> {
            if (lane == 0) {
              steps[i] = FoldStep.NO_PARTITION;
            }
          }
          case ProjectionFold.Membership.Unknown() -> {
            return;
          }
        }
        if (i % MEASURED_EVENTS == 0 && threads.allocatedBytes() - before > ALLOCATED_BYTES_MAX) {
          budget.spend();
        }
      }
    } catch (RuntimeException _) {
      // It will fail again when its turn has come.
      budget.spend();
    }
  }

  /// To which partitions events belong. Lanes share the work if the script has to be asked.
  private ProjectionFold.Membership[] memberships(List<ResolvedEvent> events) {
    var all = new ProjectionFold.Membership[events.size()];
    if (projection.definition().partitioning() == ProjectionDefinition.Partitioning.STREAM) {
      Arrays.setAll(all, i -> lanes.getFirst().membership(events.get(i)));
    } else {
      each(lane -> {
        for (var i = lane; i < all.length; i += lanes.size()) {
          all[i] = lanes.get(lane).membership(events.get(i));
        }
      });
    }
    return all;
  }

  /// Takes back what was folded and not asked for.
  private void takeBack() {
    if (!ahead.isEmpty()) {
      ahead.clear();
      retreat();
    }
  }

  private void retreat() {
    each(lane -> lanes.get(lane).retreat(handled[lane]));
  }

  /// Opens the other lanes, if they are not open.
  ///
  /// @return whether there are several now
  private boolean divide() {
    if (lanes.size() == 1) {
      var first = lanes.getFirst();
      if (first.unsavedEvents() > 0 || first.hasMadeVariables()) {
        return false;
      }
      // Most of what it has at hand is another lane's from now on.
      first.forget();
      while (lanes.size() < threads.lanes()) {
        lanes.add(lane());
      }
    }
    return true;
  }

  private interface Work {
    void of(int lane);
  }

  /// Lets each lane do something, all at the same time.
  private void each(Work work) {
    threads.run(lanes.size(), work::of, allocated);
  }

  // ---- states

  @Override
  public boolean isDoubtful() {
    return lanes.size() > 1 && lanes.stream().anyMatch(ProjectionFold::hasMadeVariables);
  }

  @Override
  public StateChanges save() {
    takeBack();
    var saved = new StateChanges[lanes.size()];
    each(lane -> saved[lane] = lanes.get(lane).save(lanes.size()));
    var inOrder = new LinkedHashMap<String, String>();
    changed.forEach(
        partition -> inOrder.put(partition, saved[laneOf(partition)].partitions().get(partition)));
    changed.clear();
    savesToRest = Math.max(0, savesToRest - 1);
    unite();
    return new StateChanges(inOrder, Optional.empty());
  }

  @Override
  public void renew() {
    each(lane -> lanes.get(lane).renew());
  }

  @Override
  public long worldBytesMax() {
    return projection.limits().worldBytes();
  }

  /// Closes the other lanes, if they had nothing to do for long.
  private void unite() {
    if (lanes.size() > 1 && idleSaves++ == IDLE_SAVES) {
      while (lanes.size() > 1) {
        lanes.removeLast().close();
      }
    }
  }

  @Override
  public String state(String partition) {
    takeBack();
    return lanes.get(laneOf(partition)).state(partition);
  }

  @Override
  public String sharedState() {
    takeBack();
    return lanes.getFirst().sharedState();
  }

  @Override
  public String result(String partition) {
    takeBack();
    return lanes.get(laneOf(partition)).result(partition);
  }

  @Override
  public void close() {
    lanes.forEach(ProjectionFold::close);
  }
}
