// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.OnFailure;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.process.CommandTarget;
import io.leftfold.toolkit.process.Correlation;
import io.leftfold.toolkit.process.Effect;
import io.leftfold.toolkit.process.Input;
import io.leftfold.toolkit.process.InstanceReport;
import io.leftfold.toolkit.process.ProcessDefinition;
import io.leftfold.toolkit.process.ProcessManager;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.Retries;
import io.leftfold.toolkit.process.Settlement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A projection and a process, run in each way. The process gives each account one cent for its
/// first deposit, so what is folded at the end is right only if everything took part, once.
final class TopologyTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration LEASE = Duration.ofMillis(300);
  private static final ThreadFactory THREADS = Thread.ofVirtual().name("topology-", 0).factory();

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final InMemoryReadModel<Integer> readModel = new InMemoryReadModel<>();
  private final AtomicBoolean fails = new AtomicBoolean();

  @AfterEach
  void closeStore() {
    store.close();
  }

  // ---- what is run

  /// So many cents came.
  private record Came(int cents) {}

  private static final EventCodec<Came> CODEC =
      EventCodec.of(
          came -> ProposedEvent.json("Came", Integer.toString(came.cents())),
          event -> Decoded.known(new Came(Integer.parseInt(event.dataAsText()))));

  private Projection<Came, States<Integer>> sums() {
    return Projection.folding(
        "sums",
        1,
        CODEC,
        0,
        (sum, came) -> {
          if (fails.get()) {
            throw new IllegalStateException("not now");
          }
          return sum + came.cents();
        });
  }

  private record Welcome(String account) {}

  /// The state is how often money came; −1 at the end.
  private static final class Welcoming implements ProcessManager<Occurrence, Integer, Welcome> {
    @Override
    public Correlation correlate(Occurrence event) {
      return Correlation.start(event.account());
    }

    @Override
    public Integer initialState() {
      return 0;
    }

    @Override
    public Integer evolve(Integer times, Input<Occurrence, Welcome> input) {
      return input instanceof Input.Occurred<Occurrence, Welcome> ? times + 1 : -1;
    }

    @Override
    public boolean isTerminal(Integer times) {
      return times < 0;
    }

    @Override
    public List<Effect<Welcome>> react(Integer times, Input<Occurrence, Welcome> input) {
      return input instanceof Input.Occurred<Occurrence, Welcome>(var event, _) && times == 1
          ? List.of(Effect.send(new Welcome(event.account())))
          : List.of();
    }
  }

  private record Occurrence(String account) {}

  private static final ProcessDefinition<Occurrence, Integer, Welcome> WELCOMING =
      ProcessDefinition.of(
          "welcoming",
          new Welcoming(),
          EventCodec.of(
              _ -> ProposedEvent.json("Came", "0"),
              event ->
                  event.type().equals("Came")
                      ? Decoded.known(new Occurrence(event.stream().value()))
                      : Decoded.unknown(event)),
          EventCodec.of(
              command -> ProposedEvent.json("Welcome", "\"%s\"".formatted(command.account())),
              event -> Decoded.known(new Welcome(event.dataAsText().replace("\"", "")))));

  private static CommandTarget<Welcome> target(EventStore store) {
    return (id, command) -> {
      var gift = CODEC.encode(new Came(1)).withId(id.eventId(0));
      var _ = store.append(StreamName.of(command.account()), ExpectedState.any(), gift);
      return new Settlement.Accepted("given");
    };
  }

  private Topology topology() {
    return Topology.named("bank")
        .projection(
            sums(),
            readModel,
            FoldingOptions.defaults()
                .with(OnFailure.STOP)
                .withAttemptsMax(1)
                .withPauses(Duration.ofMillis(1), Duration.ofMillis(5)))
        .process(
            WELCOMING, TopologyTest::target, ProcessOptions.of(Retries.defaults(new Random(7))));
  }

  private RunningTopology run(Mode mode) {
    return topology().run(store, mode, Clock.systemUTC(), THREADS);
  }

  private static void deposit(EventStore to, String account, int cents) {
    var _ = to.append(StreamName.of(account), ExpectedState.any(), CODEC.encode(new Came(cents)));
  }

  private Map<String, Integer> states() {
    return readModel.<Map<String, Integer>>read("sums", States::all);
  }

  /// What a fold from zero makes of the store, of accounts alone.
  private Map<String, Integer> folded() {
    var sums = new TreeMap<String, Integer>();
    try (var read = store.readAll(ReadOptions.forwards())) {
      for (var resolved : read) {
        var event = resolved.original();
        if (event.type().equals("Came")) {
          sums.merge(event.stream().value(), Integer.parseInt(event.dataAsText()), Integer::sum);
        }
      }
    }
    return sums;
  }

  private static void until(Condition condition) {
    for (var i = 0; i < 6000 && !condition.holds(); i++) {
      LockSupport.parkNanos(5_000_000);
    }
    assertThat(condition.holds()).isTrue();
  }

  private interface Condition {
    boolean holds();
  }

  // ---- what has ended

  @Test
  void a_part_that_ended_in_the_background_is_told_and_can_be_let_go_on() {
    fails.set(true);
    try (var running = run(new Mode.Background())) {
      deposit(store, "a", 5);
      until(() -> running.parts().getFirst().failure().isPresent());
      assertThat(running.restart("sums.1")).isTrue();
      until(() -> running.parts().getFirst().failure().isPresent());
      fails.set(false);

      assertThat(running.restart("sums.1")).isTrue();

      until(() -> states().equals(folded()) && states().containsKey("a"));
      assertThat(running.parts().getFirst().failure()).isEmpty();
      assertThat(running.restart("sums.1")).as("it runs").isFalse();
      assertThat(running.restart("welcoming")).as("it runs").isFalse();
      assertThatThrownBy(() -> running.restart("others"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // ---- the same in each way

  @ParameterizedTest
  @ValueSource(strings = {"stepped", "inline", "after-commit", "background", "shared"})
  void whoever_does_the_work_the_states_are_the_same(String mode) throws Exception {
    var running = new ArrayList<RunningTopology>();
    for (var holder : mode.equals("shared") ? List.of("a", "b", "c") : List.of("a")) {
      running.add(
          run(mode.equals("shared") ? new Mode.Shared(holder, LEASE) : Mode.named(mode, holder)));
    }
    try (var threads = Executors.newFixedThreadPool(4)) {
      var writers = new ArrayList<Future<?>>();
      for (var thread = 0; thread < 4; thread++) {
        var own = running.get(thread % running.size()).store();
        writers.add(
            threads.submit(() -> {
              for (var i = 0; i < 20; i++) {
                deposit(own, "account-" + i % 5, 100);
              }
            }));
      }
      for (var writer : writers) {
        writer.get();
      }
    }
    if (mode.equals("stepped")) {
      running.getFirst().drain();
    }

    // Each account has its gift, and the view has the gifts.
    until(() -> folded().values().stream().allMatch(sum -> sum == 1601));
    for (var one : running) {
      assertThat(one.await(store.lastPosition().orElseThrow(), LONG)).isTrue();
    }
    var expected = folded();
    assertThat(expected).hasSize(5);
    assertThat(states()).containsAllEntriesOf(expected);
    running.forEach(RunningTopology::close);
    assertThat(folded()).isEqualTo(expected);
  }

  // ---- who waits for what

  @Test
  void inline_everything_that_follows_from_an_append_is_done_when_it_returns() {
    try (var running = run(new Mode.Inline())) {
      deposit(running.store(), "account-1", 100);

      assertThat(states()).containsEntry("account-1", 101);
    }
  }

  @Test
  void inline_a_store_in_another_process_is_refused() {
    var elsewhere =
        new ForwardingEventStore(store) {
          @Override
          public boolean isInThisProcess() {
            return false;
          }
        };

    assertThatThrownBy(
            () -> topology().run(elsewhere, new Mode.Inline(), Clock.systemUTC(), THREADS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Mode.AfterCommit");
    topology().run(elsewhere, new Mode.Background(), Clock.systemUTC(), THREADS).close();
  }

  @Test
  void inline_an_append_is_done_though_a_projection_fails_and_the_next_one_makes_up_for_it() {
    try (var running = run(new Mode.Inline())) {
      fails.set(true);
      deposit(running.store(), "account-1", 100);
      assertThat(running.parts())
          .anySatisfy(part -> {
            assertThat(part.name()).startsWith("sums");
            assertThat(part.failure()).isPresent();
          });

      fails.set(false);
      deposit(running.store(), "account-2", 100);

      assertThat(states()).containsEntry("account-1", 101).containsEntry("account-2", 101);
      assertThat(running.parts()).allSatisfy(part -> assertThat(part.failure()).isEmpty());
    }
  }

  @Test
  void after_the_commit_who_appends_reads_what_they_wrote() {
    try (var running = run(new Mode.AfterCommit(LONG))) {
      for (var i = 1; i <= 20; i++) {
        deposit(running.store(), "account-1", 100);
        assertThat(states().get("account-1")).isGreaterThanOrEqualTo(100 * i);
      }
    }
  }

  @Test
  void after_the_commit_nobody_waits_for_a_projection_that_has_stopped() {
    fails.set(true);
    try (var running = run(new Mode.AfterCommit(LONG))) {
      deposit(running.store(), "account-1", 100);
      deposit(running.store(), "account-1", 100);

      assertThat(running.parts()).anySatisfy(part -> assertThat(part.failure()).isPresent());
    }
  }

  @Test
  void stepped_nothing_goes_on_by_itself_and_a_failure_is_the_callers() {
    try (var running = run(new Mode.Stepped())) {
      fails.set(true);
      deposit(running.store(), "account-1", 100);
      assertThatThrownBy(running::drain).hasRootCauseMessage("not now");

      fails.set(false);
      running.drain();

      assertThat(states()).containsEntry("account-1", 101);
    }
  }

  @Test
  void what_runs_in_the_background_is_not_drained() {
    try (var running = run(new Mode.Background())) {
      assertThatThrownBy(running::drain).isInstanceOf(IllegalStateException.class);
    }
  }

  // ---- sharing

  private static List<String> runningOf(RunningTopology topology) {
    return topology.parts().stream().filter(PartStatus::isRunning).map(PartStatus::name).toList();
  }

  @Test
  void each_part_runs_in_one_process_and_in_the_next_when_that_one_ends() throws Exception {
    var first = run(new Mode.Shared("first", LEASE));
    until(() -> runningOf(first).size() == 2);
    try (var second = run(new Mode.Shared("second", LEASE))) {
      deposit(second.store(), "account-1", 100);
      assertThat(second.await(store.lastPosition().orElseThrow(), LONG)).isTrue();
      assertThat(runningOf(second)).isEmpty();

      first.close();

      until(() -> runningOf(second).size() == 2);
      deposit(second.store(), "account-2", 100);
      until(() -> folded().getOrDefault("account-2", 0) == 101);
    }
  }

  @Test
  void a_lease_is_taken_from_who_is_silent_for_as_long_and_from_nobody_else() {
    var now = new AtomicReference<>(Instant.EPOCH);
    InstantSource source = now::get;
    var clock = source.withZone(ZoneOffset.UTC);
    var stream = StreamName.of("leases.topology-bank.sums");
    var first = new Lease(store, stream, "first", Duration.ofSeconds(9), clock);
    var second = new Lease(store, stream, "second", Duration.ofSeconds(9), clock);
    assertThat(held(first)).isTrue();
    for (var i = 0; i < 5; i++) {
      now.set(now.get().plusSeconds(8));
      assertThat(held(second)).isFalse();
      assertThat(held(first)).isTrue();
    }

    assertThat(held(second)).isFalse();
    now.set(now.get().plusSeconds(8));
    assertThat(held(second)).isFalse();
    now.set(now.get().plusSeconds(1));
    assertThat(held(second)).isTrue();

    assertThat(held(first)).isFalse();
    second.give();
    assertThat(held(first)).isTrue();
    assertThat(store.read(stream, ReadOptions.forwards()).events()).hasSize(1);
  }

  private static boolean held(Lease lease) {
    return lease.isHeld() ? lease.hold() : lease.take();
  }

  @Test
  void who_was_not_answered_or_begins_again_finds_its_own_lease() {
    var stream = StreamName.of("leases.topology-bank.sums");
    var clock = Clock.systemUTC();
    assertThat(new Lease(store, stream, "first", LONG, clock).take()).isTrue();
    assertThat(new Lease(store, stream, "second", LONG, clock).take()).isFalse();

    assertThat(new Lease(store, stream, "first", LONG, clock).take()).isTrue();

    assertThat(store.read(stream, ReadOptions.forwards()).events()).hasSize(1);
  }

  @Test
  void those_who_begin_together_share_the_parts() throws Exception {
    var parts = Topology.named("many");
    for (var i = 0; i < 4; i++) {
      parts =
          parts.projection(
              Projection.folding("p" + i, 1, CODEC, 0, (sum, came) -> sum + came.cents()),
              readModel);
    }
    var running = new ArrayList<RunningTopology>();
    for (var holder : List.of("a", "b", "c")) {
      running.add(
          parts.run(
              store, new Mode.Shared(holder, Duration.ofSeconds(2)), Clock.systemUTC(), THREADS));
    }

    until(() -> running.stream().mapToInt(one -> runningOf(one).size()).sum() == 4);

    assertThat(running).allSatisfy(one -> assertThat(runningOf(one)).hasSizeBetween(1, 2));
    running.forEach(RunningTopology::close);
  }

  @Test
  void what_has_ended_by_itself_is_given_to_others_and_goes_on_there() throws Exception {
    fails.set(true);
    deposit(store, "account-1", 100);
    try (var _ = run(new Mode.Shared("first", LEASE))) {
      var stream = StreamName.of("leases.topology-bank.sums.1");
      until(() ->
          store.read(stream, ReadOptions.forwards()).stream()
              .anyMatch(event -> event.original().type().equals("$lease-given")));
      try (var second = run(new Mode.Shared("second", LEASE))) {
        fails.set(false);
        assertThat(second.await(store.lastPosition().orElseThrow(), LONG)).isTrue();
      }
      assertThat(states()).containsKey("account-1");
    }
  }

  // ---- who is waited for, and who can be reached

  @Test
  void a_version_that_is_built_is_not_waited_for() {
    var broken =
        Projection.<Came, Integer>folding(
            "sums",
            2,
            CODEC,
            0,
            (_, _) -> {
              throw new IllegalStateException("never");
            });
    deposit(store, "account-1", 100);
    run(new Mode.Stepped()).drain();
    try (var running =
        topology()
            .projection(broken, readModel, FoldingOptions.defaults().with(OnFailure.STOP))
            .run(store, new Mode.AfterCommit(Duration.ofHours(1)), Clock.systemUTC(), THREADS)) {
      deposit(running.store(), "account-1", 100);

      assertThat(states().get("account-1")).isGreaterThanOrEqualTo(201);
    }
  }

  @Test
  void what_runs_the_parts_can_be_asked() {
    try (var running = run(new Mode.Inline())) {
      deposit(running.store(), "account-1", 100);

      assertThat(running.projector(sums()).status().position()).isPositive();
      assertThat(running.process(WELCOMING).report("account-1").phase())
          .isEqualTo(InstanceReport.Phase.COMPLETED);
      var other = Projection.<Came, Integer>folding("other", 1, CODEC, 0, (sum, _) -> sum);
      assertThatThrownBy(() -> running.projector(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("other");
    }
  }

  // ---- what is refused

  @Test
  void parts_have_names_of_their_own_and_modes_are_known() {
    var topology = topology();
    assertThatThrownBy(() -> topology.projection(sums(), readModel))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sums");
    assertThatThrownBy(() -> Topology.named("a.b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Mode.named("sideways", "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("after-commit");
    assertThatThrownBy(() -> new Mode.Shared("a", Duration.ofMillis(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
