// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventRead;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.ErasureReport.Purged;
import io.leftfold.toolkit.ErasureReport.Unreadable;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectErasedException;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ErasureTest {

  private static final Subject ANN = Subject.of("customer-7");

  sealed interface Contact {}

  record Named(String customer, Personal<String> name) implements Contact {}

  record Called(String customer) implements Contact {}

  record Call(String customer, Optional<String> name) {}

  record State(String customer, Personal<String> name, int calls) {
    static final State NONE = new State("", Personal.of(""), 0);
  }

  private static final EventTypes<Contact> TYPES =
      EventTypes.of(Contact.class)
          .type("CustomerNamed", 1, Named.class, JsonBinding.jackson(Named.class))
          .personal(Named.class, named -> subject(named.customer()), "name")
          .type("CustomerCalled", 1, Called.class, JsonBinding.jackson(Called.class))
          .build();

  private static final Decider<Call, State, Contact, String> DECIDER =
      Decider.of(
          State.NONE,
          (call, _) ->
              Decision.accept(
                  call.name()
                      .<Contact>map(name -> new Named(call.customer(), Personal.of(name)))
                      .orElseGet(() -> new Called(call.customer()))),
          ErasureTest::evolve);

  /// A customer has several contacts, `customer-7/1`.
  private static Subject subject(String contact) {
    return Subject.of(contact.replaceFirst("/.*", ""));
  }

  private static State evolve(State state, Contact event) {
    return switch (event) {
      case Named(var customer, var name) -> new State(customer, name, state.calls());
      case Called(var customer) -> new State(customer, state.name(), state.calls() + 1);
    };
  }

  private final InMemoryEventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final SubjectKeys keys = SubjectKeys.inMemory(new SecureRandom());
  private final EventTypes<Contact> types = TYPES.with(keys);
  private final CommandHandler<Call, State, Contact, String> handler =
      CommandHandler.of(store, DECIDER, types, call -> boundary(call.customer()));

  @AfterEach
  void close() {
    store.close();
  }

  private static StreamName stream(String customer) {
    return StreamName.of("contact-" + customer.replace('-', '.'));
  }

  private static Boundary<Contact> boundary(String customer) {
    return Boundary.stream(stream(customer));
  }

  private static Call named(String customer, String name) {
    return new Call(customer, Optional.of(name));
  }

  private static Call called(String customer) {
    return new Call(customer, Optional.empty());
  }

  private String everything() {
    var text = new StringBuilder();
    try (var events = store.readAll(ReadOptions.forwards())) {
      events.forEach(event ->
          text.append(event.original().dataAsText()).append(event.original().metadataAsText()));
    }
    return text.toString();
  }

  // ---- the report

  @Test
  void what_was_erased_is_reported_and_recorded() {
    handler.handle(named("customer-7", "Ann"));
    handler.handle(called("customer-7"));
    handler.handle(named("customer-7", "Anna"));
    handler.handle(named("customer-8", "Bob"));
    var erasure =
        Erasure.of(store, keys)
            .purging("nothing", (_, _) -> List.of())
            .purging("letters", (subject, streams) -> List.of(subject + " " + streams));

    var report = erasure.erase(ANN, "request 4711");

    assertThat(report.subject()).isEqualTo(ANN);
    assertThat(report.reason()).isEqualTo("request 4711");
    assertThat(report.begun()).isBeforeOrEqualTo(report.done());
    assertThat(report.unreadable()).containsExactly(new Unreadable(stream("customer-7"), 2, 1, 3));
    assertThat(report.purged())
        .containsExactly(
            new Purged("nothing", List.of()),
            new Purged("letters", List.of("customer-7 [contact-customer.7]")));
    assertThat(erasure.reports()).containsExactly(report);
    assertThat(erasure.resume()).isEmpty();
    assertThat(handler.state(boundary("customer-7")))
        .isEqualTo(new State("customer-7", Personal.erased(), 1));
    assertThat(handler.state(boundary("customer-8")).name()).isEqualTo(Personal.of("Bob"));
    assertThat(store.read(Query.everything(), ReadOptions.forwards()).events()).hasSize(4);
  }

  @Test
  void erased_again_it_is_purged_again() {
    var purges = new AtomicInteger();
    var erasure =
        Erasure.of(store, keys)
            .purging("counted", (_, _) -> List.of("" + purges.incrementAndGet()));

    erasure.erase(ANN, "once");
    erasure.erase(ANN, "twice");

    assertThat(erasure.reports())
        .extracting(report -> report.purged().getFirst().what())
        .containsExactly(List.of("1"), List.of("2"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> erasure.purging("counted", (_, _) -> List.of()))
        .withMessageContaining("counted is purged twice");
  }

  // ---- dying in between

  @Test
  void what_dies_between_two_steps_is_finished() {
    handler.handle(named("customer-7", "Ann"));
    var dies = new AtomicBoolean(true);
    var purged = new ArrayList<String>();
    var erasure =
        Erasure.of(store, keys)
            .purging(
                "first",
                (_, _) -> {
                  purged.add("first");
                  return List.of();
                })
            .purging(
                "second",
                (_, _) -> {
                  if (dies.get()) {
                    throw new IllegalStateException("died");
                  }
                  purged.add("second");
                  return List.of();
                });

    assertThatThrownBy(() -> erasure.erase(ANN, "request 4711")).hasMessage("died");
    assertThat(erasure.reports()).isEmpty();
    assertThat(handler.state(boundary("customer-7")).name()).isEqualTo(Personal.erased());

    dies.set(false);
    assertThat(erasure.resume()).hasSize(1).isEqualTo(erasure.reports());
    assertThat(purged).containsExactly("first", "first", "second");
    assertThat(erasure.resume()).isEmpty();
  }

  @Test
  void what_was_only_begun_is_finished() {
    handler.handle(named("customer-7", "Ann"));
    SubjectKeys failing =
        new SubjectKeys() {
          @Override
          public byte[] seal(Subject subject, byte[] plain, byte[] context) {
            return keys.seal(subject, plain, context);
          }

          @Override
          public Optional<byte[]> open(Subject subject, byte[] sealed, byte[] context) {
            return keys.open(subject, sealed, context);
          }

          @Override
          public boolean erase(Subject subject) {
            throw new IllegalStateException("died");
          }

          @Override
          public boolean isErased(Subject subject) {
            return keys.isErased(subject);
          }
        };
    assertThatThrownBy(() -> Erasure.of(store, failing).erase(ANN, "request 4711"))
        .hasMessage("died");
    assertThat(handler.state(boundary("customer-7")).name()).isEqualTo(Personal.of("Ann"));

    assertThat(Erasure.of(store, keys).resume()).hasSize(1);
    assertThat(handler.state(boundary("customer-7")).name()).isEqualTo(Personal.erased());
  }

  @Test
  void keys_that_come_back_from_a_backup_are_destroyed_again() {
    handler.handle(named("customer-7", "Ann"));
    Erasure.of(store, keys).erase(ANN, "request 4711");
    var restored = SubjectKeys.inMemory(new SecureRandom());
    restored.seal(ANN, new byte[1], new byte[0]);
    var purges = new AtomicInteger();
    var erasure =
        Erasure.of(store, restored)
            .purging("counted", (_, _) -> List.of("" + purges.incrementAndGet()));

    assertThat(erasure.resume()).hasSize(1);
    assertThat(purges).hasValue(1);
    assertThatThrownBy(() -> restored.seal(ANN, new byte[1], new byte[0]))
        .isInstanceOf(SubjectErasedException.class);
    assertThat(erasure.resume()).isEmpty();
  }

  @Test
  void a_purge_that_is_owed_since_keys_came_back_is_owed_until_it_is_done() {
    Erasure.of(store, keys).erase(ANN, "request 4711");
    var restored = SubjectKeys.inMemory(new SecureRandom());
    restored.seal(ANN, new byte[1], new byte[0]);
    var fails = new AtomicBoolean(true);
    var erasure =
        Erasure.of(store, restored).purging("owed", (_, _) -> failingIf(fails.get(), "died"));

    assertThatThrownBy(erasure::resume).hasMessage("died");
    assertThatThrownBy(erasure::resume).hasMessage("died");

    fails.set(false);
    assertThat(erasure.resume()).hasSize(1).isEqualTo(erasure.reports().subList(1, 2));
    assertThat(erasure.resume()).isEmpty();
  }

  @Test
  void a_purge_that_fails_keeps_nothing_else_from_being_erased() {
    var bob = Subject.of("customer-8");
    Erasure.of(store, keys).erase(ANN, "request 4711");
    Erasure.of(store, keys).erase(bob, "request 4712");
    var restored = SubjectKeys.inMemory(new SecureRandom());
    restored.seal(ANN, new byte[1], new byte[0]);
    restored.seal(bob, new byte[1], new byte[0]);
    var purged = new ArrayList<Subject>();
    var erasure =
        Erasure.of(store, restored)
            .purging("failing", (subject, _) -> failingIf(subject.equals(ANN), "retired"))
            .purging(
                "behind it",
                (subject, _) -> {
                  purged.add(subject);
                  return List.of();
                });

    assertThatThrownBy(erasure::resume).hasMessage("retired");

    assertThat(purged).containsExactly(ANN, bob);
    for (var subject : purged) {
      assertThatThrownBy(() -> restored.seal(subject, new byte[1], new byte[0]))
          .isInstanceOf(SubjectErasedException.class);
    }
    assertThat(erasure.reports()).extracting(ErasureReport::subject).containsExactly(ANN, bob, bob);
  }

  private static List<String> failingIf(boolean fails, String why) {
    if (fails) {
      throw new IllegalStateException(why);
    }
    return List.of();
  }

  // ---- what was accepted

  @Test
  void a_command_that_was_accepted_before_is_answered_so_and_another_is_not() {
    var id = CommandId.of("request-17");
    handler.handle(id, named("customer-7", "Ann"));
    Erasure.of(store, keys).erase(ANN, "4711");

    assertThat(handler.handle(id, named("customer-7", "Ann")))
        .isEqualTo(
            new Outcome.Accepted<Contact, String>(
                1, List.of(new Named("customer-7", Personal.erased())), true));
    var before = store.lastPosition();
    assertThatThrownBy(() -> handler.handle(CommandId.of("18"), named("customer-7", "Ann")))
        .isInstanceOf(SubjectErasedException.class);
    assertThat(store.lastPosition()).isEqualTo(before);
    assertThat(handler.handle(called("customer-7"))).isInstanceOf(Outcome.Accepted.class);
  }

  // ---- what is derived

  @Test
  void remembered_states_and_snapshots_are_purged() {
    var snapshots = Snapshots.of("contacts", 1, JsonBinding.jackson(State.class)).everyEvents(1);
    var remembering =
        handler.with(HandlingOptions.defaults().withRememberedStatesMax(10)).with(snapshots);
    remembering.handle(named("customer-7", "Ann"));
    remembering.handle(called("customer-7"));
    var snapshot = StreamName.of("snapshots.contacts-" + stream("customer-7"));
    assertThat(store.read(snapshot, ReadOptions.forwards()).events())
        .anyMatch(event -> event.dataAsText().contains("Ann"));
    assertThat(remembering.state(boundary("customer-7")).name()).isEqualTo(Personal.of("Ann"));

    var report = Erasure.of(store, keys).purging("contacts", remembering::purge).erase(ANN, "4711");

    assertThat(report.purged().getFirst().what()).containsExactly(snapshot.value());
    assertThat(store.read(snapshot, ReadOptions.forwards()).events()).isEmpty();
    assertThat(remembering.state(boundary("customer-7")))
        .isEqualTo(new State("customer-7", Personal.erased(), 1));
    remembering.handle(called("customer-7"));
    assertThat(store.read(snapshot, ReadOptions.forwards()).events())
        .noneMatch(event -> event.dataAsText().contains("Ann"))
        .hasSize(1);
    assertThat(remembering.purge(ANN, Set.of(stream("customer-7"))))
        .containsExactly(snapshot.value());
  }

  @Test
  void snapshots_of_queries_are_purged_too() {
    Boundary<Contact> everybody = Boundary.query(Query.everything(), event -> stream("customer-7"));
    var snapshots = Snapshots.of("contacts", 1, JsonBinding.jackson(State.class)).everyEvents(1);
    var remembering =
        CommandHandler.of(store, DECIDER, types, (Call _) -> everybody).with(snapshots);
    remembering.handle(named("customer-7", "Ann"));
    remembering.handle(called("customer-7"));
    assertThat(everything()).contains("\"name\":\"Ann\"");

    var report = Erasure.of(store, keys).purging("contacts", remembering::purge).erase(ANN, "4711");

    assertThat(report.purged().getFirst().what())
        .singleElement()
        .asString()
        .startsWith("snapshots.contacts-");
    assertThat(remembering.state(everybody))
        .isEqualTo(new State("customer-7", Personal.erased(), 1));
    assertThat(remembering.purge(ANN, Set.of())).isEmpty();
  }

  @Test
  void a_state_that_was_folded_before_the_purge_is_not_kept_behind_it() {
    var purge = new AtomicBoolean();
    var snapshots = Snapshots.of("contacts", 1, JsonBinding.jackson(State.class)).everyEvents(1);
    var running = new ArrayList<CommandHandler<Call, State, Contact, String>>();
    var decider =
        Decider.<Call, State, Contact, String>of(
            State.NONE,
            (call, state) -> {
              if (purge.get()) {
                keys.erase(ANN);
                running.getFirst().purge(ANN, Set.of(stream("customer-7")));
              }
              return DECIDER.decide(call, state);
            },
            ErasureTest::evolve);
    var remembering =
        CommandHandler.of(store, decider, types, call -> boundary(call.customer()))
            .with(HandlingOptions.defaults().withRememberedStatesMax(10))
            .with(snapshots);
    running.add(remembering);
    remembering.handle(named("customer-7", "Ann"));

    purge.set(true);
    remembering.handle(called("customer-7"));

    assertThat(remembering.state(boundary("customer-7")).name()).isEqualTo(Personal.erased());
    var snapshot = StreamName.of("snapshots.contacts-" + stream("customer-7"));
    assertThat(store.read(snapshot, ReadOptions.forwards()).events()).isEmpty();
  }

  /// The snapshot says it in the clear until it is deleted.
  @ParameterizedTest
  @ValueSource(ints = {0, 10})
  void a_snapshot_that_is_about_to_be_deleted_is_not_remembered_or_kept_again(int rememberedMax)
      throws InterruptedException {
    var purged = new CountDownLatch(1);
    var isSlow = new AtomicBoolean();
    var decider =
        Decider.<Call, State, Contact, String>of(
            State.NONE,
            (call, state) -> {
              if (isSlow.get()) {
                await(purged);
              }
              return DECIDER.decide(call, state);
            },
            ErasureTest::evolve);
    var during = new ArrayList<Thread>();
    var snapshots = Snapshots.of("contacts", 1, JsonBinding.jackson(State.class)).everyEvents(1);
    var handlers = new ArrayList<CommandHandler<Call, State, Contact, String>>();
    var slowly =
        new ForwardingEventStore(store) {
          @Override
          public long delete(StreamName stream, ExpectedState expected) {
            isSlow.set(true);
            during.add(
                Thread.ofPlatform().start(() -> handlers.getFirst().handle(called("customer-7"))));
            awaitRest(during.getFirst());
            return super.delete(stream, expected);
          }
        };
    var options = HandlingOptions.defaults().withRememberedStatesMax(rememberedMax);
    var remembering =
        CommandHandler.of(slowly, decider, types, call -> boundary(call.customer()))
            .with(options)
            .with(snapshots);
    handlers.add(remembering);
    remembering.handle(named("customer-7", "Ann"));
    remembering.handle(called("customer-7"));

    Erasure.of(store, keys).purging("contacts", remembering::purge).erase(ANN, "4711");
    purged.countDown();
    during.getFirst().join();

    assertThat(remembering.state(boundary("customer-7")))
        .isEqualTo(new State("customer-7", Personal.erased(), 2));
    remembering.handle(called("customer-7"));
    var snapshot = StreamName.of("snapshots.contacts-" + stream("customer-7"));
    assertThat(store.read(snapshot, ReadOptions.forwards()).events())
        .hasSize(1)
        .noneMatch(event -> event.dataAsText().contains("Ann"));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// It waits for somebody, or has ended.
  private static void awaitRest(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TERMINATED) {
      Thread.onSpinWait();
    }
  }

  @Test
  void sealed_snapshots_need_no_purge() {
    var binding =
        JsonBinding.jackson(State.class)
            .sealing(keys, state -> Subject.of(state.customer()), "name");
    var snapshots = Snapshots.of("contacts", 1, binding).everyEvents(2);
    var kept = handler.with(snapshots);
    kept.handle(named("customer-7", "Ann Other"));
    kept.handle(called("customer-7"));
    kept.handle(called("customer-7"));
    kept.handle(called("customer-7"));
    assertThat(everything()).contains("$sealed").doesNotContain("Ann Other");
    assertThat(kept.state(boundary("customer-7")).name()).isEqualTo(Personal.of("Ann Other"));

    Erasure.of(store, keys).erase(ANN, "4711");

    assertThat(kept.state(boundary("customer-7")))
        .isEqualTo(new State("customer-7", Personal.erased(), 3))
        .isEqualTo(handler.state(boundary("customer-7")));
  }

  @Test
  void partitions_of_a_projection_are_folded_again() {
    var reactions = new ArrayList<String>();
    var projection =
        Projection.folding("contacts", 1, types, State.NONE, ErasureTest::evolve)
            .reacting((_, occurred) -> reactions.add(occurred.partition()));
    var readModel = new InMemoryReadModel<State>();
    handler.handle(named("customer-7", "Ann"));
    handler.handle(called("customer-7"));
    handler.handle(named("customer-8", "Bob"));
    try (var projector = Projector.of(store, projection, readModel)) {
      projector.catchUp();
      handler.handle(called("customer-7"));
      var report =
          Erasure.of(store, keys)
              .purging("contacts", projector.purging(States::remove))
              .erase(ANN, "4711");

      assertThat(report.purged().getFirst().what()).containsExactly(stream("customer-7").value());
      assertThat(readModel.<Map<String, State>>read("contacts", States::all))
          .isEqualTo(
              Map.of(
                  stream("customer-7").value(), new State("customer-7", Personal.erased(), 1),
                  stream("customer-8").value(), new State("customer-8", Personal.of("Bob"), 0)));
      projector.catchUp();
      assertThat(
              readModel.<Optional<State>>read(
                  "contacts", states -> states.of(stream("customer-7").value())))
          .contains(new State("customer-7", Personal.erased(), 2));
      assertThat(reactions).hasSize(4);
    }
  }

  /// Reads, and folds between them.
  @Test
  void a_partition_may_be_larger_than_the_memory_for_it_is_folded_as_it_is_read() {
    var steps = new ArrayList<String>();
    var told =
        new ForwardingEventStore(store) {
          @Override
          public EventRead readAll(ReadOptions options) {
            steps.add("read");
            return super.readAll(options);
          }
        };
    var projection =
        Projection.<Contact, State>folding(
            "contacts",
            1,
            types,
            State.NONE,
            (state, event) -> {
              steps.add("fold");
              return evolve(state, event);
            });
    handler.handle(named("customer-7", "Ann"));
    IntStream.range(0, 20).forEach(_ -> handler.handle(called("customer-7")));
    var readModel = new InMemoryReadModel<State>();
    var options = FoldingOptions.defaults().withBatchEventsMax(3);
    try (var projector = Projector.of(told, projection, readModel, options)) {
      projector.catchUp();
      steps.clear();

      Erasure.of(store, keys)
          .purging("contacts", projector.purging(States::remove))
          .erase(ANN, "4711");

      assertThat(contact(readModel, "customer-7"))
          .isEqualTo(new State("customer-7", Personal.erased(), 20));
      assertThat(Collections.frequency(steps, "fold")).isEqualTo(21);
      assertThat(String.join(" ", steps)).doesNotContain("fold ".repeat(4).strip());
    }
  }

  @Test
  void what_another_projector_folded_is_folded_again() {
    var projection = Projection.folding("contacts", 1, types, State.NONE, ErasureTest::evolve);
    var readModel = new InMemoryReadModel<State>();
    handler.handle(called("customer-7"));
    try (var first = Projector.of(store, projection, readModel);
        var second = Projector.of(store, projection, readModel)) {
      first.catchUp();
      handler.handle(named("customer-7", "Ann"));
      second.catchUp();

      var purge = first.purging(States::remove);
      var report = Erasure.of(store, keys).purging("contacts", purge).erase(ANN, "4711");

      assertThat(report.purged().getFirst().what()).containsExactly(stream("customer-7").value());
      assertThat(contact(readModel, "customer-7").name()).isEqualTo(Personal.erased());
    }
  }

  @Test
  void what_another_projector_read_before_is_not_kept_behind_the_purge() {
    var plain = Projection.folding("contacts", 1, types, State.NONE, ErasureTest::evolve);
    var readModel = new InMemoryReadModel<State>();
    var erasing = new ArrayList<Runnable>();
    // Somebody erases right behind the opening of what the second projector read.
    EventCodec<Contact> slow =
        EventCodec.of(
            types::encode,
            event -> {
              var decoded = types.decode(event);
              if (!erasing.isEmpty()) {
                erasing.removeFirst().run();
              }
              return decoded;
            });
    var slowly = Projection.folding("contacts", 1, slow, State.NONE, ErasureTest::evolve);
    handler.handle(called("customer-7"));
    try (var first = Projector.of(store, plain, readModel);
        var second = Projector.of(store, slowly, readModel)) {
      second.catchUp();
      first.catchUp();
      handler.handle(named("customer-7", "Ann"));
      var erasure = Erasure.of(store, keys).purging("contacts", first.purging(States::remove));
      erasing.add(() -> erasure.erase(ANN, "4711"));

      second.catchUp();

      assertThat(erasing).isEmpty();
      assertThat(contact(readModel, "customer-7").name()).isEqualTo(Personal.erased());
    }
  }

  private static State contact(InMemoryReadModel<State> readModel, String customer) {
    return readModel
        .<Optional<State>>read("contacts", states -> states.of(stream(customer).value()))
        .orElseThrow();
  }

  // ---- at the same time

  @Test
  void nothing_of_a_subject_is_read_or_written_once_it_is_erased() throws Exception {
    var erased = new CountDownLatch(1);
    var begun = new CountDownLatch(32);
    var readModel = new InMemoryReadModel<State>();
    var projection = Projection.folding("contacts", 1, types, State.NONE, ErasureTest::evolve);
    var options =
        HandlingOptions.defaults()
            .withRememberedStatesMax(10)
            .withAttemptsMax(1000)
            .with(Pauses.none());
    var snapshots = Snapshots.of("contacts", 1, JsonBinding.jackson(State.class)).everyEvents(1);
    var remembering = handler.with(options).with(snapshots);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var projector = Projector.of(store, projection, readModel);
        var another = Projector.of(store, projection, readModel)) {
      projector.start();
      another.start();
      var writing = new ArrayList<Future<Integer>>();
      for (var i = 0; i < 32; i++) {
        var customer = i % 2 == 0 ? "customer-7/" + i % 8 : "other-" + i;
        Callable<Integer> write = () -> write(remembering, customer, begun, erased);
        writing.add(threads.submit(write));
      }
      begun.await();
      try {
        Erasure.of(store, keys)
            .purging("handler", remembering::purge)
            .purging("contacts", projector.purging(States::remove))
            .erase(ANN, "4711");
      } finally {
        erased.countDown();
      }
      var sealedAfterwards = 0;
      for (var one : writing) {
        sealedAfterwards += one.get();
      }
      assertThat(sealedAfterwards).isZero();
      for (var event :
          store.read(Query.of(Query.tagged(ANN.tag())), ReadOptions.forwards()).events()) {
        assertThat(types.decode(event).toString()).contains("name=Erased[]");
      }
      projector.await(store.lastPosition().orElseThrow(), Duration.ofSeconds(20));
      for (var i = 0; i < 8; i += 2) {
        var customer = "customer-7/" + i;
        assertThat(contact(readModel, customer).name()).isEqualTo(Personal.erased());
        assertThat(remembering.state(boundary(customer)).name()).isEqualTo(Personal.erased());
        var snapshot = StreamName.of("snapshots.contacts-" + stream(customer));
        assertThat(store.read(snapshot, ReadOptions.forwards()).events())
            .noneMatch(event -> event.dataAsText().contains("\"name\":\"Ann\""));
      }
    }
  }

  /// Writes and reads while somebody erases, and twice when that has returned.
  ///
  /// @return how often something of the erased subject was read or written after that
  private int write(
      CommandHandler<Call, State, Contact, String> writer,
      String customer,
      CountDownLatch begun,
      CountDownLatch erased)
      throws InterruptedException {
    var wrong = 0;
    wrong += writeAndRead(writer, customer, erased);
    begun.countDown();
    for (var round = 0; round < 5; round++) {
      wrong += writeAndRead(writer, customer, erased);
    }
    erased.await();
    wrong += writeAndRead(writer, customer, erased);
    return wrong + writeAndRead(writer, customer, erased);
  }

  private int writeAndRead(
      CommandHandler<Call, State, Contact, String> writer, String customer, CountDownLatch erased) {
    var isWrong = erased.getCount() == 0 && subject(customer).equals(ANN);
    var wrong = 0;
    try {
      writer.handle(named(customer, "Ann"));
      wrong += isWrong ? 1 : 0;
    } catch (SubjectErasedException _) {
      // As it should be, of one of them.
    }
    var isReadable =
        lastNamed(customer).stream()
            .anyMatch(event ->
                types.decode(event) instanceof Decoded.Known<Contact>(var known)
                    && known.getFirst() instanceof Named(_, Personal.Known<String> _));
    return wrong + (isWrong && isReadable ? 1 : 0);
  }

  private List<RecordedEvent> lastNamed(String customer) {
    return store.read(stream(customer), ReadOptions.backwards().limit(1)).events();
  }
}
