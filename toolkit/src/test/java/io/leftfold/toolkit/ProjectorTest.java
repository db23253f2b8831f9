// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.Accounts.AccountEvent;
import io.leftfold.toolkit.Accounts.Deposited;
import io.leftfold.toolkit.Accounts.Opened;
import io.leftfold.toolkit.Accounts.Withdrawn;
import io.leftfold.toolkit.ProjectionStatus.Phase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a projector does besides what is kept: tries again, stops, waits, ends. What is kept is
/// tested where read models are.
final class ProjectorTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final FoldingOptions OPTIONS =
      FoldingOptions.defaults()
          .withAttemptsMax(3)
          .withPauses(Duration.ZERO, Duration.ofMillis(5))
          .withBatchEventsMax(3);

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final InMemoryReadModel<Long> readModel = new InMemoryReadModel<>();

  @AfterEach
  void closeStore() {
    store.close();
  }

  /// Sums of what was deposited; looks at each event before.
  private static Projection<AccountEvent, States<Long>> sums(Consumer<AccountEvent> look) {
    return Projection.folding(
        "sums",
        1,
        Accounts.CODEC,
        0L,
        (sum, event) -> {
          look.accept(event);
          return event instanceof Deposited(var amount) ? sum + amount : sum;
        });
  }

  private static Projection<AccountEvent, States<Long>> sums() {
    return sums(_ -> {});
  }

  private long append(EventStore to, String account, AccountEvent... events) {
    var last = -1L;
    for (var event : events) {
      last =
          to.append(Accounts.stream(account), ExpectedState.any(), Accounts.CODEC.encode(event))
              .position()
              .orElseThrow();
    }
    return last;
  }

  private Map<String, Long> states() {
    return readModel.read("sums", States::all);
  }

  /// However far whoever asks has looked: what is kept says nothing of what nobody wanted.
  @Test
  void who_waits_for_what_the_projection_does_not_want_waits_for_what_it_wants_before_that()
      throws Exception {
    append(store, "7", new Deposited(1));
    var deposits = sums().from(EventFilter.matching(Query.of(Query.typed("MoneyDeposited"))));
    var other =
        store
            .append(StreamName.of("other"), ExpectedState.any(), ProposedEvent.json("Other", "{}"))
            .position()
            .orElseThrow();
    var projector = Projector.of(store, deposits, readModel, OPTIONS);
    projector.catchUp();
    assertThat(projector.status().position()).isGreaterThanOrEqualTo(other);

    assertThat(projector.awaitKept(other, Duration.ZERO)).isTrue();
  }

  // ---- what has not begun

  @Test
  void who_waits_for_no_event_waits_until_the_projection_can_be_read() throws Exception {
    var projector = Projector.of(store, sums(), readModel, OPTIONS);
    assertThat(projector.await(0, Duration.ZERO)).isFalse();

    projector.catchUp();

    assertThat(projector.await(0, Duration.ZERO)).isTrue();
    assertThat(states()).isEmpty();
  }

  // ---- what fails

  @Test
  void what_fails_for_a_while_is_tried_again_and_folded_once() {
    append(store, "7", new Deposited(1), new Deposited(10), new Deposited(100));
    var failures = new AtomicInteger();
    var failing =
        sums(event -> {
          if (event.equals(new Deposited(10)) && failures.incrementAndGet() < 4) {
            throw new IllegalStateException("not now");
          }
        });

    var projector = Projector.of(store, failing, readModel, OPTIONS);
    projector.catchUp();

    // Once with the others, then by itself.
    assertThat(failures).hasValue(4);
    assertThat(projector.parked()).isEmpty();
    assertThat(states()).containsExactly(Map.entry("account-7", 111L));
  }

  @ParameterizedTest
  @MethodSource
  void an_error_of_a_fold_is_its_events_as_an_exception_is(Error error) {
    append(store, "7", new Deposited(1), new Deposited(10));
    append(store, "8", new Deposited(100));
    var failing =
        sums(event -> {
          if (event.equals(new Deposited(10))) {
            throw error;
          }
        });

    var projector = Projector.of(store, failing, readModel, OPTIONS);
    projector.catchUp();

    assertThat(projector.status().parked()).containsExactly("account-7");
    assertThat(states()).containsExactly(Map.entry("account-7", 1L), Map.entry("account-8", 100L));
  }

  static List<Error> an_error_of_a_fold_is_its_events_as_an_exception_is() {
    return List.of(
        new AssertionError("poison"),
        new ExceptionInInitializerError("poison"),
        new NoClassDefFoundError("poison"),
        new StackOverflowError("poison"));
  }

  @Test
  void that_memory_is_short_is_no_events_fault_and_is_thrown_on() {
    append(store, "7", new Deposited(1));
    var failures = new AtomicInteger();
    var failing =
        sums(_ -> {
          if (failures.incrementAndGet() == 1) {
            throw new OutOfMemoryError("poison");
          }
        });
    var projector = Projector.of(store, failing, readModel, OPTIONS);

    assertThatThrownBy(projector::catchUp).isInstanceOf(OutOfMemoryError.class);
    assertThat(projector.parked()).isEmpty();

    projector.catchUp();
    assertThat(states()).containsExactly(Map.entry("account-7", 1L));
  }

  @Test
  void pauses_grow_up_to_the_longest() {
    var options =
        FoldingOptions.defaults().withPauses(Duration.ofMillis(100), Duration.ofSeconds(1));

    assertThat(List.of(1, 2, 3, 4, 5, 1000))
        .extracting(options::pauseAfter)
        .extracting(Duration::toMillis)
        .containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "long"})
  void a_partition_that_some_read_model_could_not_keep_stops_whatever_is_said(String name) {
    append(store, "7", new Opened(), new Deposited(1));
    var partition =
        name.equals("long") ? "ä".repeat(Projection.PARTITION_BYTES_MAX / 2) + "." : name;
    var projection =
        sums().partitionedBy((event, _) -> event instanceof Opened ? "fine" : partition);
    var projector = Projector.of(store, projection, readModel, OPTIONS.with(OnFailure.PARK));

    assertThatThrownBy(projector::catchUp)
        .isInstanceOf(ProjectionFailedException.class)
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The name of a partition");

    assertThat(states()).containsOnlyKeys("fine");
  }

  @Test
  void an_event_that_is_not_understood_stops_whatever_is_said() {
    append(store, "7", new Deposited(1));
    store.append(
        Accounts.stream("7"), ExpectedState.any(), ProposedEvent.json("MoneyDeposited", "much"));
    append(store, "8", new Deposited(1));
    var projector = Projector.of(store, sums(), readModel, OPTIONS.with(OnFailure.PARK));

    assertThatThrownBy(projector::catchUp)
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessageContaining("MoneyDeposited")
        .hasCauseInstanceOf(NumberFormatException.class);
    assertThat(states()).containsExactly(Map.entry("account-7", 1L));
  }

  @Test
  void what_is_unknown_is_passed_over_unless_it_is_refused() {
    append(store, "7", new Deposited(1));
    store.append(Accounts.stream("7"), ExpectedState.any(), ProposedEvent.json("Audited", "{}"));
    append(store, "7", new Deposited(1));

    var refusing = Projector.of(store, sums(), readModel, OPTIONS.with(UnknownEvents.REFUSE));
    assertThatThrownBy(refusing::catchUp)
        .isInstanceOf(ProjectionFailedException.class)
        .hasCauseInstanceOf(UnreadableEventException.class);
    Projector.of(store, sums(), readModel, OPTIONS).catchUp();

    assertThat(states()).containsExactly(Map.entry("account-7", 2L));
  }

  /// Somebody has written what only the program of tomorrow understands.
  @Test
  void before_a_newer_version_a_projection_stops_and_the_newer_program_goes_on_there() {
    var today = deposits(1);
    store.append(Accounts.stream("7"), ExpectedState.any(), today.encode(new Deposited(1)));
    store.append(Accounts.stream("7"), ExpectedState.any(), deposits(2).encode(new Deposited(2)));
    store.append(Accounts.stream("7"), ExpectedState.any(), today.encode(new Deposited(4)));
    var projector = Projector.of(store, sums(today), readModel, OPTIONS);

    assertThatThrownBy(projector::catchUp)
        .isInstanceOf(ProjectionFailedException.class)
        .cause()
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("newer program");
    assertThat(states()).containsExactly(Map.entry("account-7", 1L));

    Projector.of(store, sums(deposits(2)), readModel, OPTIONS).catchUp();
    assertThat(states()).containsExactly(Map.entry("account-7", 7L));
  }

  @Test
  void a_newer_version_is_set_aside_where_that_is_wanted_and_folded_by_the_newer_program() {
    store.append(Accounts.stream("7"), ExpectedState.any(), deposits(2).encode(new Deposited(2)));
    store.append(Accounts.stream("7"), ExpectedState.any(), deposits(1).encode(new Deposited(4)));
    var aside = OPTIONS.with(OnFailure.SET_ASIDE);

    var older = Projector.of(store, sums(deposits(1)), readModel, aside);
    older.catchUp();
    assertThat(states()).containsExactly(Map.entry("account-7", 4L));
    assertThat(older.parked())
        .extracting(ParkedPartition::partition)
        .containsExactly(Projector.UNREADABLE);

    Projector.of(store, sums(deposits(2)), readModel, aside).resume(Projector.UNREADABLE);
    assertThat(states()).containsExactly(Map.entry("account-7", 6L));
  }

  private static EventTypes<Deposited> deposits(int version) {
    var types =
        EventTypes.of(Deposited.class)
            .type("Deposited", version, Deposited.class, JsonBinding.jackson(Deposited.class));
    for (var older = 1; older < version; older++) {
      types.upcast("Deposited", older, json -> json);
    }
    return types.build();
  }

  private static Projection<Deposited, States<Long>> sums(EventTypes<Deposited> types) {
    return Projection.folding("sums", 1, types, 0L, (sum, event) -> sum + event.amount());
  }

  @Test
  void of_an_event_with_several_partitions_only_those_that_fail_are_parked() {
    append(store, "7", new Opened());
    append(store, "7", new Deposited(5), new Withdrawn(3));
    var split =
        EventCodec.<AccountEvent>of(
            Accounts.CODEC::encode,
            recorded ->
                recorded.type().equals("AccountOpened")
                    ? Decoded.known(new Deposited(1), new Withdrawn(1), new Deposited(2))
                    : Accounts.CODEC.decode(recorded));
    var projection =
        Projection.<AccountEvent, Long>folding(
                "sums",
                1,
                split,
                0L,
                (sum, event) -> {
                  if (event.equals(new Deposited(2))) {
                    throw new IllegalStateException("two is too much");
                  }
                  return sum + 1;
                })
            .partitionedBy((event, _) -> event instanceof Deposited ? "in" : "out");
    var projector = Projector.of(store, projection, readModel, OPTIONS);

    projector.catchUp();

    assertThat(states()).containsExactly(Map.entry("out", 2L));
    assertThat(projector.parked())
        .extracting(ParkedPartition::partition, ParkedPartition::events)
        .containsExactly(tuple("in", 2L));
  }

  // ---- what operators are told

  @Test
  void what_is_parked_or_stops_is_logged_without_what_was_said_about_it() {
    var poisonous = append(store, "7", new Deposited(1), new Deposited(10));
    append(store, "7", new Deposited(100));
    var failing =
        sums(event -> {
          if (event.equals(new Deposited(10))) {
            throw new IllegalStateException("Ann has 10");
          }
        });

    try (var log = new LogCapture(Projector.class)) {
      Projector.of(store, failing, readModel, OPTIONS).catchUp();

      assertThat(log.lines())
          .satisfiesExactly(
              tried ->
                  assertThat(tried)
                      .startsWith("WARNING Projection sums, version 1 could not fold")
                      .contains(
                          "position " + poisonous, "IllegalStateException at ", "ProjectorTest")
                      .doesNotContain("Ann"),
              parked ->
                  assertThat(parked)
                      .startsWith("WARNING Projection sums, version 1 parked partition account-7")
                      .contains(
                          "position " + poisonous,
                          "IllegalStateException at ",
                          "resume(\"account-7\")")
                      .doesNotContain("Ann"));
    }
  }

  @Test
  void that_it_stops_is_logged_where_nobody_is_told() throws InterruptedException {
    var failing =
        sums(_ -> {
          throw new IllegalStateException("Ann has 10");
        });
    var options = OPTIONS.with(OnFailure.STOP).withAttemptsMax(1);
    var projector = Projector.of(store, failing, readModel, options);
    try (var log = new LogCapture(Projector.class)) {
      projector.start();
      var last = append(store, "7", new Deposited(1));
      assertThatThrownBy(() -> projector.await(last, LONG))
          .isInstanceOf(ProjectionStoppedException.class);
      projector.close();

      assertThat(log.lines().getLast())
          .startsWith("SEVERE Projection sums, version 1 stopped before position " + last)
          .contains("IllegalStateException at ")
          .doesNotContain("Ann");
    }
  }

  // ---- in the background

  @Test
  void in_the_background_a_store_that_does_not_answer_is_asked_again() throws InterruptedException {
    var refusals = new AtomicInteger(20);
    var unwilling =
        new ForwardingEventStore(store) {
          @Override
          public EventRead readAll(ReadOptions options) {
            if (refusals.getAndDecrement() > 0) {
              throw new UnavailableException(Reason.UNREACHABLE, "not now");
            }
            return super.readAll(options);
          }
        };
    var last = append(store, "7", new Deposited(1), new Deposited(2));

    try (var projector = Projector.of(unwilling, sums(), readModel, OPTIONS)) {
      projector.start();
      assertThat(projector.await(last, LONG)).isTrue();
      assertThat(states()).containsExactly(Map.entry("account-7", 3L));
      assertThat(refusals.get()).isNegative();
    }
  }

  @Test
  void who_waits_is_told_that_it_stopped_and_it_can_be_started_again() throws InterruptedException {
    var isPoisonous = new AtomicInteger(1);
    var projection =
        sums(event -> {
          if (event.equals(new Deposited(10)) && isPoisonous.get() == 1) {
            throw new IllegalStateException("never");
          }
        });
    try (var projector = Projector.of(store, projection, readModel, OPTIONS.with(OnFailure.STOP))) {
      projector.start();
      var last = append(store, "7", new Deposited(1), new Deposited(10), new Deposited(100));

      assertThatThrownBy(() -> projector.await(last, LONG))
          .isInstanceOf(ProjectionStoppedException.class)
          .hasMessageContaining("STOPPED")
          .hasCauseInstanceOf(ProjectionFailedException.class);
      assertThat(projector.status().phase()).isEqualTo(Phase.STOPPED);
      assertThat(projector.status().failure()).isPresent();
      assertThat(states()).containsExactly(Map.entry("account-7", 1L));

      isPoisonous.set(0);
      projector.start();
      assertThat(projector.await(last, LONG)).isTrue();
      assertThat(states()).containsExactly(Map.entry("account-7", 111L));
    }
  }

  @Test
  void closing_waits_for_the_transaction_that_is_under_way() throws Exception {
    var inside = new CountDownLatch(1);
    var goOn = new CountDownLatch(1);
    var slow =
        sums(_ -> {
          inside.countDown();
          awaitQuietly(goOn);
        });
    append(store, "7", new Deposited(1));
    var projector = Projector.of(store, slow, readModel, OPTIONS);
    projector.start();
    inside.await();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var closing = threads.submit(projector::close);
      assertThatThrownBy(() -> projector.await(Long.MAX_VALUE, LONG))
          .isInstanceOf(ProjectionStoppedException.class)
          .hasMessageContaining("CLOSED");
      assertThat(closing.isDone()).isFalse();
      goOn.countDown();
      closing.get(20, TimeUnit.SECONDS);
    }

    assertThat(states()).containsExactly(Map.entry("account-7", 1L));
    projector.close();
    assertThatThrownBy(projector::start).isInstanceOf(IllegalStateException.class);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_store_that_is_closed_stops_it() throws InterruptedException {
    var projector = Projector.of(store, sums(), readModel, OPTIONS);
    projector.start();
    assertThat(projector.await(append(store, "7", new Deposited(1)), LONG)).isTrue();

    store.close();

    assertThatThrownBy(() -> projector.await(Long.MAX_VALUE, LONG))
        .isInstanceOf(ProjectionStoppedException.class)
        .hasCauseInstanceOf(UnavailableException.class);
    projector.close();
  }

  @Test
  void what_runs_in_the_background_goes_no_steps_and_is_not_started_twice() {
    try (var projector = Projector.of(store, sums(), readModel, OPTIONS)) {
      projector.start();

      assertThatThrownBy(projector::step).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(projector::start).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void step_by_step_each_step_is_one_transaction() {
    append(store, "7", new Deposited(1), new Deposited(1), new Deposited(1), new Deposited(1));
    var projector = Projector.of(store, sums(), readModel, OPTIONS);

    assertThat(projector.status().phase()).isEqualTo(Phase.IDLE);
    assertThat(projector.lag()).isEqualTo(store.lastPosition().orElseThrow() + 1);
    assertThat(projector.step()).isTrue();
    assertThat(states()).containsExactly(Map.entry("account-7", 3L));
    assertThat(projector.lag()).isEqualTo(1);
    assertThat(projector.step()).isTrue();
    assertThat(projector.step()).isFalse();
    assertThat(states()).containsExactly(Map.entry("account-7", 4L));
    assertThat(projector.lag()).isZero();
  }
}
