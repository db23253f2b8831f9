// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import io.leftfold.api.Commit;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamSummary;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Does the same steps to the model and to a store, and compares each outcome.
///
/// When they differ, steps are left out as long as they still differ, and then streams and events
/// of their appends. What remains is reported with the seed, and the difference at its end.
public final class ModelComparison {

  private static final int RUNS_MAX = 2_000;

  private final Candidates candidates;
  private int runs;

  private ModelComparison(Candidates candidates) {
    this.candidates = candidates;
  }

  /// Compares.
  ///
  /// @param seed what the steps were made from, to be reported
  /// @param steps what to do
  /// @param candidates opens the store to compare with the model, empty, once for each attempt
  /// @throws AssertionError if the store answers differently
  public static void run(long seed, List<Step> steps, Candidates candidates) {
    new ModelComparison(candidates).run(seed, steps);
  }

  /// Opens stores to be compared.
  @FunctionalInterface
  public interface Candidates {
    /// Opens a new, empty store.
    ///
    /// @param clock the store's clock
    /// @return the store
    Candidate open(Clock clock);
  }

  /// A store to be compared, which may be closed and opened again.
  public interface Candidate extends AutoCloseable {
    /// The store as it is open now.
    ///
    /// @return the store
    EventStore store();

    /// Closes the store, or kills it, and opens it again. Everything acknowledged is still there.
    void reopen();

    @Override
    void close();

    /// A store that is never closed in between.
    ///
    /// @param store the store
    /// @return the candidate
    static Candidate of(EventStore store) {
      return new Candidate() {
        @Override
        public EventStore store() {
          return store;
        }

        @Override
        public void reopen() {}

        @Override
        public void close() {
          store.close();
        }
      };
    }
  }

  /// Where a store and the model parted: the last of the steps.
  private record Difference(List<Step> steps, Step last, Outcome model, Outcome candidate) {}

  private void run(long seed, List<Step> steps) {
    var found = firstDifference(steps);
    if (found.isPresent()) {
      throw new AssertionError(report(seed, steps.size(), smallest(found.get())));
    }
  }

  private Optional<Difference> firstDifference(List<Step> steps) {
    runs++;
    var clock = new ManualClock(Steps.START);
    try (var model = new InMemoryEventStore(clock);
        var candidate = candidates.open(clock)) {
      for (var i = 0; i < steps.size(); i++) {
        var done = steps.subList(0, i + 1);
        var step = steps.get(i);
        switch (step) {
          case Step.Advance(var time) -> clock.advance(time);
          case Step.Reopen() -> {
            var difference = reopen(done, candidate, model);
            if (difference.isPresent()) {
              return difference;
            }
          }
          default -> {
            var difference = compare(done, step, model, candidate);
            if (difference.isPresent()) {
              return difference;
            }
          }
        }
      }
      return inspect(steps, model, candidate);
    }
  }

  private static Optional<Difference> reopen(
      List<Step> done, Candidate candidate, InMemoryEventStore model) {
    try {
      candidate.reopen();
    } catch (RuntimeException | AssertionError failure) {
      return Optional.of(
          new Difference(done, done.getLast(), new Outcome.Nothing(), broke(failure)));
    }
    return compare(done, new Step.ReadAll(ReadOptions.forwards()), model, candidate);
  }

  /// At the end everything is looked at once.
  private static Optional<Difference> inspect(
      List<Step> done, InMemoryEventStore model, Candidate candidate) {
    var inspection = new ArrayList<Step>();
    inspection.add(new Step.ReadAll(ReadOptions.forwards()));
    inspection.add(new Step.ReadAll(ReadOptions.backwards().resolvingLinks()));
    for (var stream : model.streams(ListOptions.all()).stream().map(StreamSummary::name).toList()) {
      inspection.add(new Step.State(stream));
      inspection.add(new Step.Read(stream, ReadOptions.forwards()));
    }
    return inspection.stream()
        .map(step -> compare(done, step, model, candidate))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<Difference> compare(
      List<Step> done, Step step, InMemoryEventStore model, Candidate candidate) {
    var expected = step.applyTo(model);
    Outcome actual;
    try {
      actual = step.applyTo(candidate.store());
    } catch (RuntimeException | AssertionError failure) {
      actual = broke(failure);
    }
    return expected.equals(actual)
        ? Optional.empty()
        : Optional.of(new Difference(done, step, expected, actual));
  }

  private static Outcome broke(Throwable failure) {
    var text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return new Outcome.Broke(text.toString());
  }

  /// Leaves out what does not matter: steps first, then streams, events and expectations of steps.
  private Difference smallest(Difference found) {
    var smallest = withFewerSteps(found);
    var smaller = withASimplerStep(smallest);
    while (smaller.isPresent()) {
      smallest = withFewerSteps(smaller.get());
      smaller = withASimplerStep(smallest);
    }
    return smallest;
  }

  /// Leaves out halves, quarters, … and at last single steps, as long as a difference remains.
  private Difference withFewerSteps(Difference found) {
    var smallest = found;
    for (var size = Math.max(1, found.steps().size() / 2); size >= 1; size /= 2) {
      var again = true;
      while (again && runs < RUNS_MAX) {
        again = false;
        for (var from = 0; from < smallest.steps().size() && runs < RUNS_MAX; ) {
          var fewer = new ArrayList<>(smallest.steps());
          fewer.subList(from, Math.min(from + size, fewer.size())).clear();
          var difference = firstDifference(fewer);
          if (difference.isPresent()) {
            smallest = difference.get();
            again = true;
          } else {
            from += size;
          }
        }
      }
    }
    return smallest;
  }

  private Optional<Difference> withASimplerStep(Difference found) {
    for (var i = 0; i < found.steps().size(); i++) {
      for (var simpler : simpler(found.steps().get(i))) {
        var steps = new ArrayList<>(found.steps());
        steps.set(i, simpler);
        var difference = runs < RUNS_MAX ? firstDifference(steps) : Optional.<Difference>empty();
        if (difference.isPresent()) {
          return difference;
        }
      }
    }
    return Optional.empty();
  }

  private static List<Step> simpler(Step step) {
    var any = ExpectedState.any();
    var simpler =
        switch (step) {
          case Step.Append(var commit) -> smaller(commit).stream().map(Step.Append::new).toList();
          case Step.Delete(var stream, _) -> List.of(new Step.Delete(stream, any));
          case Step.Tombstone(var stream, _) -> List.of(new Step.Tombstone(stream, any));
          case Step.WriteMetadata(var stream, _, var metadata) ->
              List.of(new Step.WriteMetadata(stream, any, metadata));
          default -> List.<Step>of();
        };
    return simpler.stream().filter(other -> !other.equals(step)).map(Step.class::cast).toList();
  }

  private static List<Commit> smaller(Commit commit) {
    var smaller = new ArrayList<Commit>();
    for (var parts : smaller(commit.parts())) {
      smaller.add(new Commit(parts, commit.conditions(), commit.tracking()));
    }
    for (var i = 0; i < commit.conditions().size(); i++) {
      smaller.add(new Commit(commit.parts(), without(commit.conditions(), i), commit.tracking()));
    }
    if (commit.tracking().isPresent()) {
      smaller.add(new Commit(commit.parts(), commit.conditions(), Optional.empty()));
    }
    return smaller;
  }

  private static List<List<StreamAppend>> smaller(List<StreamAppend> commit) {
    var smaller = new ArrayList<List<StreamAppend>>();
    for (var i = 0; i < commit.size(); i++) {
      if (commit.size() > 1) {
        smaller.add(without(commit, i));
      }
      var part = commit.get(i);
      if (!part.expected().equals(ExpectedState.any())) {
        var parts = new ArrayList<>(commit);
        parts.set(i, new StreamAppend(part.stream(), ExpectedState.any(), part.events()));
        smaller.add(parts);
      }
      for (var j = 0; j < part.events().size() && part.events().size() > 1; j++) {
        var parts = new ArrayList<>(commit);
        parts.set(i, new StreamAppend(part.stream(), part.expected(), without(part.events(), j)));
        smaller.add(parts);
      }
    }
    return smaller;
  }

  private static <T> List<T> without(List<T> things, int index) {
    var fewer = new ArrayList<>(things);
    fewer.remove(index);
    return fewer;
  }

  private static String report(long seed, int steps, Difference difference) {
    var text = new StringBuilder();
    text.append(
        "The store differs from the model. Seed %d (-Dtests.seed=%d), %d steps, shrunk to %d:%n"
            .formatted(seed, seed, steps, difference.steps().size()));
    for (var i = 0; i < difference.steps().size(); i++) {
      text.append("%4d. %s%n".formatted(i + 1, difference.steps().get(i)));
    }
    if (difference.steps().isEmpty() || !difference.steps().getLast().equals(difference.last())) {
      text.append("then: %s%n".formatted(difference.last()));
    }
    text.append("model: %s%nstore: %s".formatted(difference.model(), difference.candidate()));
    return text.toString();
  }
}
