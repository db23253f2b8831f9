// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.testkit.Steps;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Lanes beside a fold in one world: whatever they are told is next, and whenever states are asked
/// for and saved, each event does the same.
final class LanesTest {

  private static final ProjectionLimits LIMITS =
      ProjectionLimits.DEFAULT
          .withTimes(Duration.ofSeconds(20), Duration.ofSeconds(20))
          .withPartitionsKept(9);

  private final ExecutorService others = Executors.newFixedThreadPool(2);

  @AfterEach
  void close() {
    others.shutdownNow();
  }

  private LaneThreads three() {
    return new LaneThreads(3, 1, others, Fixture.RUNTIME::allocatedBytes);
  }

  /// States as they were saved.
  private static final class Saved implements SavedStates {
    private final Map<String, String> states = new HashMap<>();

    @Override
    public Optional<String> state(String partition) {
      synchronized (states) {
        return Optional.ofNullable(states.get(partition));
      }
    }

    @Override
    public Optional<String> sharedState() {
      return Optional.empty();
    }

    void take(StateChanges changes) {
      synchronized (states) {
        changes.applyTo(states);
      }
    }
  }

  /// What a fold says of each event, and of what it is asked in between.
  ///
  /// @param aheads how often it had folded something ahead
  private record Said(List<Object> all, int aheads) {}

  /// Folds; chance decides what the fold is told of, and what it is asked.
  private static Said fold(Fold.Opener opener, List<ResolvedEvent> events, long seed) {
    var random = new Random(seed);
    var saved = new Saved();
    var said = new ArrayList<>();
    var aheads = 0;
    try (var fold = opener.open(saved)) {
      var chunk = 0;
      for (var i = 0; i < events.size(); i++) {
        if (chunk-- == 0) {
          chunk = random.nextInt(40);
          var next = events.subList(i, Math.min(events.size(), i + chunk + 1));
          // Sometimes something else comes than was said.
          var wrong = random.nextInt(8) == 0 && next.size() > 3;
          fold.ahead(wrong ? next.subList(1, next.size()) : next);
        }
        aheads += fold.isAhead() ? 1 : 0;
        try {
          said.add(fold.handle(events.get(i)));
        } catch (ProjectionFaultException e) {
          said.add(e.fault());
        }
        if (random.nextInt(60) == 0) {
          var asked = events.get(random.nextInt(events.size())).event().orElseThrow().stream();
          said.add(fold.state(asked.value()));
          said.add(fold.result(asked.value()));
        }
        if (random.nextInt(50) == 0) {
          var changes = fold.save();
          said.add(List.copyOf(changes.partitions().entrySet()));
          saved.take(changes);
        }
      }
      assertThat(fold.isDoubtful()).isFalse();
      said.add(List.copyOf(fold.save().partitions().entrySet()));
      return new Said(said, aheads);
    }
  }

  private int compare(CompiledProjection script, List<ResolvedEvent> events, long seed) {
    var one = fold(ScriptFold.opener(script, true), events, seed);
    var several = fold(Lanes.opener(script, true, three()), events, seed);
    assertThat(several.all()).as("seed %d", seed).isEqualTo(one.all());
    return several.aheads();
  }

  @Test
  void each_case_of_the_corpus_comes_out_the_same() throws IOException {
    var ahead = 0;
    for (var name : CorpusTest.cases()) {
      var events = CorpusTest.given(name);
      CompiledProjection script;
      try {
        script = Fixture.RUNTIME.compile(CorpusTest.source(name), LIMITS);
      } catch (ProjectionFaultException _) {
        continue;
      }
      if (script.isDivisible()) {
        ahead += compare(script, events, 1) > 0 ? 1 : 0;
      }
    }
    // Otherwise nothing was tried.
    assertThat(ahead).isGreaterThan(10);
  }

  /// Partitions that are streams, and are sometimes deleted.
  private static final String STREAMS =
      """
      fromAll().foreachStream().when({
        $init: () => ({ n: 0, last: null }),
        $created(s, e) { emit('created', 'Created', { of: e.streamId }); },
        $deleted(s, e, partition, isSoft) { s.gone = (s.gone || 0) + 1; },
        Paid(s, e) {
          s.n++;
          s.last = e.body.amount;
          if (e.body.amount === 13) throw new Error('unlucky');
          if (e.body.amount % 3 === 0) emit('out-' + e.streamId, 'Seen', { n: s.n, of: e.body });
          if (e.body.amount % 5 === 0) log('five', s.n);
        },
        Left(s, e) { linkTo('left', e); return { n: -s.n, last: 'left' }; },
      }).transformBy(s => ({ n: s.n })).filterBy(s => s.n % 2 === 0)
      """;

  /// Partitions that the script makes, of some events none.
  private static final String KEYS =
      """
      const MODULUS = 7;
      const NAMES = Object.freeze(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
      function keyOf(e) {
        if (e.body.amount === 17) throw new Error('no key');
        return e.body.amount > 90 ? undefined : NAMES[e.body.amount % MODULUS];
      }
      fromAll().partitionBy(keyOf).when({
        $init: () => ({ sum: 0 }),
        Paid(s, e) {
          s.sum += e.body.amount;
          if (e.body.amount === 13) throw new Error('unlucky');
          emit('sums', 'Sum', { of: e.partition, sum: s.sum });
        },
      }).outputState()
      """;

  private static List<ResolvedEvent> random(Random random, boolean poison) {
    var events = new Events();
    for (var i = 0; i < 400; i++) {
      var stream = "account-" + random.nextInt(15);
      var amount = random.nextInt(100);
      if (amount == 13 || amount == 17) {
        amount = poison && random.nextInt(3) == 0 ? amount : 1;
      }
      switch (random.nextInt(40)) {
        case 0 -> events.json(stream, "Left", "{}");
        case 1 -> events.json(stream, "Unheard", "{}");
        case 2 ->
            events.json(
                stream, "Paid", poison && random.nextInt(3) == 0 ? "{ no json" : "{\"amount\":1}");
        case 3 -> events.json(stream, "Paid", " ");
        case 4 -> events.json("$$" + stream, "$metadata", "{\"$tb\":9223372036854775807}");
        default -> events.json(stream, "Paid", "{\"amount\":%d}".formatted(amount));
      }
    }
    return events.all();
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void random_events_do_the_same(boolean byStream, boolean poison) {
    var source = new ProjectionSource("random", byStream ? STREAMS : KEYS);
    var script = Fixture.RUNTIME.compile(source, LIMITS);
    assertThat(script.isDivisible()).isTrue();
    var first = Steps.seed();
    var ahead = 0;
    for (var seed = first; seed < first + 2; seed++) {
      ahead += compare(script, random(new Random(seed), poison), seed);
    }
    // Where an event fails nothing is folded ahead until the next save.
    assertThat(ahead).as("seed %d", first).isGreaterThan(poison ? 0 : 300);
  }

  @ParameterizedTest
  @MethodSource("scriptsThatKeepSomething")
  void a_script_with_variables_that_all_partitions_see_is_folded_in_one_world(String top) {
    var text = top + "; fromAll().foreachStream().when({ Said(s, e) { s.n = 1; } })";
    assertThat(divisible(text)).as(text).isFalse();
  }

  static List<String> scriptsThatKeepSomething() {
    return List.of(
        "let n = 0",
        "var n = 0",
        "n = 0",
        "const seen = new Set()",
        "const seen = {}",
        "const seen = Object.freeze({ of: {} })",
        "const seen = Object.freeze(new Map())",
        "Object.defineProperty(globalThis, 'n', { get() { throw 1; }, enumerable: true })");
  }

  @ParameterizedTest
  @MethodSource("scriptsThatKeepNothing")
  void a_script_with_constants_and_functions_is_divided(String top) {
    var text = top + "; fromAll().foreachStream().when({ Said(s, e) { s.n = 1; } })";
    assertThat(divisible(text)).as(text).isTrue();
  }

  static List<String> scriptsThatKeepNothing() {
    return List.of(
        "'use strict'",
        "const RATE = 0.19, NAME = 'x'",
        "const NAMES = Object.freeze(['a', 'b'])",
        "function rate(x) { return x; } const twice = x => 2 * x; class Money {}");
  }

  private static boolean divisible(String text) {
    return Fixture.RUNTIME.compile(new ProjectionSource("divided", text), LIMITS).isDivisible();
  }

  @Test
  void neither_one_state_nor_a_shared_one_is_divided() {
    assertThat(divisible("fromAll().when({ Said(s) { } })")).isFalse();
    assertThat(
            divisible(
                "fromAll().foreachStream().when({ $initShared: () => ({}), Said(s, e) { } })"))
        .isFalse();
  }

  @Test
  void a_variable_that_appears_later_makes_what_was_folded_doubtful() {
    var script =
        Fixture.RUNTIME.compile(
            new ProjectionSource(
                "late", "fromAll().foreachStream().when({ Said(s, e) { seen = e.streamId; } })"),
            LIMITS);
    var events = new Events();
    for (var i = 0; i < 9; i++) {
      events.json("s-" + i, "Said", "{}");
    }
    try (var fold = Lanes.opener(script, true, three()).open(SavedStatesOf.NONE)) {
      fold.ahead(events.all());
      assertThat(fold.isDoubtful()).isTrue();
    }
  }

  @Test
  void what_takes_too_much_together_is_folded_one_after_the_other() {
    var script =
        Fixture.RUNTIME.compile(
            new ProjectionSource(
                "greedy",
                "fromAll().foreachStream().when({ Said(s, e) { emit('out', 'Much', { x: 'x'.repeat(1e6) }); } })"),
            LIMITS);
    var events = new Events();
    for (var i = 0; i < 20; i++) {
      events.json("s-" + i, "Said", "{}");
    }
    try (var fold = Lanes.opener(script, true, three()).open(SavedStatesOf.NONE)) {
      fold.ahead(events.all());
      assertThat(fold.isAhead()).isFalse();
      assertThat(fold.handle(events.all().getFirst()).emitted()).hasSize(1);
    }
  }
}
