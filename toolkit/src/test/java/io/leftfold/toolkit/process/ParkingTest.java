// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.UnavailableException.Reason;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.LogCapture;
import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What goes wrong in one instance stays there, in order, until somebody has looked at it.
final class ParkingTest {

  private final ShopFloor shop = new ShopFloor();

  @AfterEach
  void close() {
    shop.close();
  }

  /// A thousand of them are in the verification: the model goes through everything for each.
  @Test
  void one_instance_of_many_is_poisonous_and_the_others_go_on() {
    var count = 40;
    var orders = IntStream.range(0, count).mapToObj(i -> "order" + i).toList();
    shop.with(count + 1).happens(new Placed(Shop.POISON), new Paid(Shop.POISON));
    orders.forEach(order -> shop.happens(new Placed(order), new Paid(order)));
    shop.run();

    assertThat(orders).allMatch(order -> shop.phase(order) == Phase.SHIPPED);
    assertThat(shop.carrier.calls()).hasSize(count);
    assertThat(shop.isShippedByOneIdEach(orders)).isTrue();
    assertThat(shop.delivery.parked()).containsExactly(Shop.POISON);
    assertThat(shop.delivery.report(Shop.POISON).parked().orElseThrow())
        .contains("No order can be paid with poison");
  }

  /// Counted, not timed: what the store and the carrier are asked on behalf of the others.
  @ParameterizedTest
  @ValueSource(strings = {"poison", "unwanted"})
  void for_the_others_a_poisonous_instance_is_no_work(String poisonous) {
    var orders = IntStream.range(0, 60).mapToObj(i -> "order" + i).toList();

    var without = workFor(orders, Optional.empty());
    var with = workFor(orders, Optional.of(poisonous));

    assertThat(with.keySet()).contains("process.delivery-" + poisonous);
    with.keySet().removeIf(what -> what.contains(poisonous));
    assertThat(with).isEqualTo(without);
  }

  /// How often which stream was read and written, how many events of it were read, and how often
  /// which order was given to the carrier.
  private static Map<String, Integer> workFor(List<String> orders, Optional<String> poisonous) {
    var work = new TreeMap<String, Integer>();
    try (var shop = new ShopFloor().with(orders.size() + 1)) {
      poisonous.ifPresent(order -> shop.happens(new Placed(order), new Paid(order)));
      orders.forEach(order -> shop.happens(new Placed(order)));
      for (var order : orders) {
        shop.happens(new Paid(order));
        if (poisonous.equals(Optional.of(Shop.POISON))) {
          shop.happens(new Paid(Shop.POISON)); // held, behind what it is parked with
        }
      }
      var counting =
          new ForwardingEventStore(shop.store) {
            @Override
            public AppendResult append(Commit commit) {
              commit.parts().forEach(part -> work.merge(part.stream().value(), 1, Integer::sum));
              return super.append(commit);
            }

            @Override
            public StreamRead read(StreamName stream, ReadOptions options) {
              try (var counted = super.read(stream, options)) {
                work.merge(stream.value(), 1 + (int) counted.stream().count(), Integer::sum);
              }
              return super.read(stream, options);
            }
          };
      var runner =
          ProcessRunner.of(
              counting,
              Shop.DELIVERY,
              Shop.target(
                  shop.store,
                  (id, ship) -> {
                    work.merge("order-" + ship.order(), 1, Integer::sum);
                    if (ship.order().equals("unwanted")) {
                      throw new IOException("nobody wants it");
                    }
                    return shop.carrier.handle(id, ship);
                  }),
              shop.clock,
              ProcessOptions.of(ShopFloor.RETRIES));
      try (var stepped = runner.stepByStep()) {
        for (var i = 0; i < 60; i++) {
          stepped.untilIdle();
          shop.clock.advance(Duration.ofSeconds(2));
        }
      }
      assertThat(orders).allMatch(order -> shop.phase(order) == Phase.SHIPPED);
      assertThat(shop.delivery.parked()).isEqualTo(poisonous.stream().toList());
    }
    work.remove("process.delivery"); // how far the source was taken: once for each of its events
    return work;
  }

  @Test
  void who_closes_waits_no_longer_than_the_patience_for_targets_that_hang() throws Exception {
    var inside = new CountDownLatch(1);
    var never = new CountDownLatch(1);
    var asked = new CopyOnWriteArrayList<CommandId>();
    var hanging =
        shop.runner(
            Shop.DELIVERY,
            Shop.target(
                shop.store,
                (id, _) -> {
                  asked.add(id);
                  inside.countDown();
                  never.await();
                  throw new IOException("interrupted");
                }),
            ProcessOptions.of(ShopFloor.RETRIES).withPatience(Duration.ofMillis(1)));
    shop.with(1).happens(new Placed("a"), new Paid("a"));
    var threads = new CopyOnWriteArrayList<Thread>();
    try (var log = new LogCapture(RunningProcess.class)) {
      var running =
          hanging.start(work -> {
            var thread = Thread.ofVirtual().unstarted(work);
            threads.add(thread);
            return thread;
          });
      inside.await();
      running.close();
      assertThat(log.lines())
          .singleElement()
          .asString()
          .contains("WARNING", "targets that do not answer");
    }

    shop.run();
    assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
    assertThat(shop.carrier.calls().values()).containsExactly(List.copyOf(asked));
    never.countDown(); // too late, and no harm
    for (var thread : threads) {
      thread.join();
    }
    shop.run();
    assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
    assertThat(shop.delivery.parked()).isEmpty();
  }

  /// Where an application's function is called.
  enum Called {
    CORRELATE,
    INITIAL_STATE,
    EVOLVE,
    REACT,
    IS_TERMINAL,
    TARGET
  }

  static List<Arguments> whereWhatIsThrown() {
    return Stream.of(Called.values())
        .flatMap(called ->
            Stream.of(
                    new IllegalStateException("poison"),
                    new AssertionError("poison"),
                    new ExceptionInInitializerError("poison"),
                    new NoClassDefFoundError("poison"),
                    new Error("poison"),
                    new StackOverflowError("poison"))
                .map(thrown -> Arguments.of(called, thrown)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("whereWhatIsThrown")
  void whatever_is_thrown_for_one_instance_the_others_go_on_and_a_new_start_does_too(
      Called called, Throwable thrown) {
    shop.with(10)
        .happens(
            new Placed("a"), new Placed("bad"), new Paid("a"), new Paid("bad"), new Placed("b"));
    shop.happens(new Paid("b"));
    for (var starts = 0; starts < 2; starts++) {
      try (var stepped = throwing(called, thrown).stepByStep()) {
        for (var i = 0; i < 60; i++) {
          stepped.untilIdle();
          shop.clock.advance(Duration.ofSeconds(2));
        }
      }
    }

    assertThat(List.of("a", "b"))
        .allMatch(order -> called == Called.INITIAL_STATE || shop.phase(order) == Phase.SHIPPED);
    assertThat(shop.store.read(StreamName.of("process.delivery"), ReadOptions.forwards()).events())
        .as("set aside, for nobody knows whom they concern")
        .hasSize(called == Called.CORRELATE ? 2 : 0);
    assertThat(shop.delivery.parked())
        .isEqualTo(
            switch (called) {
              case CORRELATE -> List.of();
              case INITIAL_STATE -> List.of("a", "bad", "b");
              case EVOLVE, REACT, IS_TERMINAL, TARGET -> List.of("bad");
            });
  }

  @ParameterizedTest
  @EnumSource
  void that_memory_is_short_is_no_instances_fault_and_is_thrown_on(Called called) {
    shop.with(10).happens(new Placed("bad"), new Paid("bad"));
    try (var stepped = throwing(called, new OutOfMemoryError("poison")).stepByStep()) {
      assertThatThrownBy(stepped::untilIdle).isInstanceOf(OutOfMemoryError.class);
    }
    assertThat(shop.delivery.parked()).isEmpty();

    shop.run();
    assertThat(shop.phase("bad")).isEqualTo(Phase.SHIPPED);
  }

  /// What is bad is thrown at: all of it, as nobody knows yet whose initial state it is.
  private ProcessRunner<Shop.ShopEvent, Shop.Order, Shop.ShopCommand> throwing(
      Called where, Throwable thrown) {
    var manager =
        new Strict() {
          private void check(Called called, String order) {
            if (called == where && order.equals("bad")) {
              ParkingTest.<RuntimeException>sneak(thrown);
            }
          }

          @Override
          public Correlation correlate(Shop.ShopEvent event) {
            check(Called.CORRELATE, event.order());
            return super.correlate(event);
          }

          @Override
          public Shop.Order initialState() {
            check(Called.INITIAL_STATE, "bad");
            return super.initialState();
          }

          @Override
          public Shop.Order evolve(
              Shop.Order order, Input<Shop.ShopEvent, Shop.ShopCommand> input) {
            check(
                Called.EVOLVE,
                input instanceof Input.Occurred<Shop.ShopEvent, Shop.ShopCommand>(var event, _)
                    ? event.order()
                    : order.name());
            return super.evolve(order, input);
          }

          @Override
          public List<Effect<Shop.ShopCommand>> react(
              Shop.Order order, Input<Shop.ShopEvent, Shop.ShopCommand> input) {
            check(Called.REACT, order.name());
            return super.react(order, input);
          }

          @Override
          public boolean isTerminal(Shop.Order order) {
            check(Called.IS_TERMINAL, order.name());
            return super.isTerminal(order);
          }
        };
    return shop.runner(
        ProcessDefinition.of("delivery", manager, Shop.EVENTS, Shop.COMMANDS)
            .following(Shop.DELIVERY.source()),
        Shop.target(
            shop.store,
            (id, ship) -> {
              if (where == Called.TARGET && ship.order().equals("bad")) {
                ParkingTest.<RuntimeException>sneak(thrown);
              }
              return shop.carrier.handle(id, ship);
            }),
        ProcessOptions.of(ShopFloor.RETRIES));
  }

  @SuppressWarnings("unchecked") // An error passes where an exception is said to.
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void a_parked_instance_holds_what_comes_and_handles_it_in_order_when_it_goes_on() {
    shop.with(2).happens(new Placed(Shop.POISON), new Paid(Shop.POISON));
    shop.run();
    shop.happens(new Placed(Shop.POISON));
    shop.run();
    var parked = shop.delivery.report(Shop.POISON);
    assertThat(parked.phase()).isEqualTo(InstanceReport.Phase.PARKED);
    // The payment, and what came behind it.
    assertThat(parked.held()).isEqualTo(2);

    assertThat(shop.delivery.resume(Shop.POISON, "ann")).isTrue();
    shop.run();
    // Nothing had changed.
    assertThat(shop.delivery.report(Shop.POISON).held()).isEqualTo(2);
    assertThat(shop.delivery.parked()).containsExactly(Shop.POISON);

    assertThat(shop.delivery.skip(Shop.POISON, "ann")).isTrue();
    shop.run();
    assertThat(shop.delivery.report(Shop.POISON).held()).isZero();
    assertThat(shop.delivery.parked()).isEmpty();
    // Taken, then placed once more, and taken once more.
    assertThat(shop.phase(Shop.POISON)).isEqualTo(Phase.WAITING);
    assertThat(shop.stock()).containsExactly(2, -1, -1);
    assertThat(shop.entries(Shop.POISON))
        .extracting(RecordedEvent::type)
        .containsSubsequence(
            "$process-parked", "$process-resumed", "$process-parked", "$process-skipped");
    assertThat(shop.entries(Shop.POISON).stream().map(RecordedEvent::dataAsText))
        .anyMatch(data -> data.contains("\"by\":\"ann\""));
  }

  @Test
  void what_is_not_parked_is_not_resumed() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    var before = shop.store.lastPosition();

    assertThat(shop.delivery.resume("a", "ann")).isFalse();
    assertThat(shop.delivery.skip("nobody", "ann")).isFalse();
    assertThat(shop.delivery.retry("a", "ann")).isFalse();
    assertThat(shop.store.lastPosition()).isEqualTo(before);
  }

  @Test
  void timers_of_a_parked_instance_fire_when_it_goes_on() {
    shop.with(1).happens(new Placed(Shop.POISON));
    shop.run();
    shop.happens(new Paid(Shop.POISON));
    shop.run();
    shop.clock.advance(Shop.PATIENCE.multipliedBy(2));
    shop.run();
    assertThat(shop.delivery.report(Shop.POISON).timers()).containsOnlyKeys("payment");

    shop.delivery.skip(Shop.POISON, "ann");
    shop.run();

    assertThat(shop.phase(Shop.POISON)).isEqualTo(Phase.CANCELLED);
    assertThat(shop.stock()).containsExactly(1, -1, 1);
  }

  // ---- targets that fail

  @Test
  void a_command_whose_target_fails_is_tried_again_after_a_pause_with_the_same_id() {
    var asked = new ArrayList<CommandId>();
    var runner =
        shop.with(1)
            .runner((id, ship) -> {
              asked.add(id);
              if (asked.size() < 4) {
                throw new IOException("nobody there");
              }
              return shop.carrier.handle(id, ship);
            });
    shop.happens(new Placed("a"), new Paid("a"));
    try (var stepped = runner.stepByStep()) {
      stepped.untilIdle();
      assertThat(asked).hasSize(1);
      shop.clock.advance(Duration.ofSeconds(1));
      stepped.untilIdle();
      assertThat(asked).hasSizeBetween(2, 3);
      shop.clock.advance(Duration.ofSeconds(20));
      stepped.untilIdle();
      shop.clock.advance(Duration.ofSeconds(20));
      stepped.untilIdle();
    }

    assertThat(asked).hasSize(4);
    assertThat(asked.stream().distinct()).hasSize(1);
    assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
  }

  @Test
  void a_command_that_fails_for_too_long_comes_back_as_an_input_and_can_be_sent_again() {
    var works = new ArrayList<Boolean>();
    var asked = new ArrayList<CommandId>();
    var runner =
        shop.with(2)
            .runner((id, ship) -> {
              asked.add(id);
              if (works.isEmpty() && ship.order().equals("a")) {
                throw new IOException("nobody there");
              }
              return shop.carrier.handle(id, ship);
            });
    shop.happens(new Placed("a"), new Paid("a"), new Placed("b"), new Paid("b"));
    try (var stepped = runner.stepByStep()) {
      for (var i = 0; i < 60; i++) {
        stepped.untilIdle();
        shop.clock.advance(Duration.ofSeconds(2));
      }
      // The process does not know what to do about it.
      assertThat(shop.delivery.parked()).containsExactly("a");
      assertThat(shop.delivery.report("a").parked().orElseThrow()).contains("nobody there");
      assertThat(shop.phase("b")).isEqualTo(Phase.SHIPPED);
      var attempts = asked.size();

      assertThat(shop.delivery.retry("a", "ann")).isTrue();
      works.add(true);
      stepped.untilIdle();
      assertThat(asked).hasSize(attempts + 1);
    }

    assertThat(asked.stream().distinct()).hasSize(2);
    assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
    assertThat(shop.delivery.parked()).isEmpty();
  }

  /// The outcome is recorded without an answer, and an operator wants the command sent again before
  /// who runs the process hears of either.
  @Test
  void a_command_that_is_sent_again_is_not_settled_by_what_its_target_said_before() {
    var isLost = new AtomicBoolean(true);
    var isDeaf = new AtomicBoolean();
    var flaky =
        new ForwardingEventStore(shop.store) {
          @Override
          public AppendResult append(Commit commit) {
            var result = super.append(commit);
            if (isSettlement(commit) && isLost.compareAndSet(true, false)) {
              isDeaf.set(true);
              throw new UnavailableException(Reason.UNREACHABLE, "no answer");
            }
            return result;
          }

          @Override
          public Subscription subscribeToAll(SubscribeOptions options) {
            var heard = super.subscribeToAll(options);
            return new Subscription() {
              @Override
              public SubscriptionMessage next() throws InterruptedException {
                return heard.next();
              }

              @Override
              public Optional<SubscriptionMessage> poll(Duration atMost)
                  throws InterruptedException {
                return isDeaf.get() ? Optional.empty() : heard.poll(atMost);
              }

              @Override
              public void close() {
                heard.close();
              }
            };
          }
        };
    var asked = new ArrayList<CommandId>();
    var runner =
        ProcessRunner.of(
            flaky,
            Shop.DELIVERY,
            Shop.target(
                shop.store,
                (id, ship) -> {
                  asked.add(id);
                  if (asked.size() == 1) {
                    throw new IOException("nobody there");
                  }
                  return shop.carrier.handle(id, ship);
                }),
            shop.clock,
            ProcessOptions.of(ShopFloor.RETRIES.within(Duration.ZERO)));
    shop.with(1).happens(new Placed("a"), new Paid("a"));
    try (var stepped = runner.stepByStep()) {
      stepped.untilIdle();
      assertThat(shop.delivery.parked()).containsExactly("a");

      assertThat(shop.delivery.retry("a", "ann")).isTrue();
      shop.clock.advance(Duration.ofSeconds(10));
      stepped.untilIdle();
      isDeaf.set(false);
      stepped.untilIdle();

      assertThat(asked).hasSize(2);
      assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
      assertThat(shop.delivery.parked()).isEmpty();
    }
  }

  /// Of the parcel, which fails.
  private static boolean isSettlement(Commit commit) {
    return commit.parts().getFirst().events().stream()
        .anyMatch(event ->
            event.type().equals("$process-settled")
                && new String(event.data(), UTF_8).contains("\"failed\""));
  }

  // ---- what operators are told

  @Test
  void what_is_parked_or_set_aside_is_logged_and_of_a_target_that_fails_the_first_command() {
    shop.with(9).happens(new Placed(Shop.POISON), new Paid(Shop.POISON));
    var strange =
        shop.store
            .append(
                StreamName.of("order-x"),
                ExpectedState.any(),
                ProposedEvent.json("OrderPlaced", "1"))
            .position()
            .orElseThrow();
    shop.happens(new Placed("a"), new Paid("a"), new Placed("b"), new Paid("b"));
    var isDown = new AtomicBoolean(true);
    var runner =
        shop.runner((id, ship) -> {
          if (isDown.get()) {
            throw new IOException("nobody there");
          }
          return shop.carrier.handle(id, ship);
        });
    try (var log = new LogCapture(ProcessRunner.class);
        var stepped = runner.stepByStep()) {
      stepped.untilIdle();
      shop.clock.advance(Duration.ofSeconds(1));
      stepped.untilIdle();

      assertThat(log.lines())
          .satisfiesExactlyInAnyOrder(
              parked ->
                  assertThat(parked)
                      .startsWith("WARNING Instance poison of process delivery is parked")
                      .contains("No order can be paid with poison"),
              aside ->
                  assertThat(aside)
                      .startsWith("WARNING Process delivery passed over the event at position ")
                      .contains(" position %d,".formatted(strange)),
              tried ->
                  assertThat(tried)
                      .startsWith("WARNING Command Ship of instance ")
                      .contains("nobody there"));

      isDown.set(false);
      shop.clock.advance(Duration.ofSeconds(20));
      stepped.untilIdle();
      isDown.set(true);
      shop.happens(new Placed("c"), new Paid("c"));
      stepped.untilIdle();
      assertThat(log.lines()).as("it answered meanwhile").hasSize(4);
    }
  }

  // ---- strict correlation

  private void runStrictly(Correlation placed, Correlation paid) {
    var strict =
        new Strict() {
          @Override
          public Correlation correlate(Shop.ShopEvent event) {
            return event instanceof Placed ? placed : paid;
          }
        };
    ShopFloor.run(
        shop.runner(
            ProcessDefinition.of("delivery", strict, Shop.EVENTS, Shop.COMMANDS)
                .following(Shop.DELIVERY.source()),
            Shop.target(shop.store, shop.carrier),
            ProcessOptions.of(ShopFloor.RETRIES)));
  }

  @Test
  void an_event_that_must_begin_an_instance_parks_one_that_is_there() {
    shop.with(5).happens(new Placed("a"), new Placed("a"));
    runStrictly(Correlation.startNew("a"), Correlation.ignored());

    assertThat(shop.delivery.parked()).containsExactly("a");
    assertThat(shop.delivery.report("a").parked().orElseThrow()).contains("there already");
    assertThat(shop.stock()).containsExactly(5, -1);
  }

  @Test
  void an_event_that_must_continue_an_instance_parks_it_if_it_is_not_there() {
    shop.happens(new Paid("a"));
    runStrictly(Correlation.ignored(), Correlation.continueExisting("a"));

    assertThat(shop.delivery.parked()).containsExactly("a");
    assertThat(shop.delivery.report("a").parked().orElseThrow()).contains("there was none");
  }

  @Test
  void an_event_may_concern_several_instances_at_once() {
    shop.with(5).happens(new Placed("x"));
    runStrictly(Correlation.start("a").and(Correlation.start("b")), Correlation.ignored());

    assertThat(List.of("a", "b"))
        .allMatch(name -> shop.delivery.state(name).phase() == Phase.WAITING);
    assertThat(shop.stock()).containsExactly(5, -1, -1);
  }

  @Test
  void code_that_cannot_fold_the_past_parks_and_its_repair_goes_on() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    shop.happens(new Paid("a"));
    var broken =
        new Strict() {
          @Override
          public Shop.Order evolve(
              Shop.Order order, Input<Shop.ShopEvent, Shop.ShopCommand> input) {
            throw new IllegalStateException("There is no such phase any more");
          }
        };
    var redeployed =
        shop.runner(
            ProcessDefinition.of("delivery", broken, Shop.EVENTS, Shop.COMMANDS)
                .following(Shop.DELIVERY.source()),
            Shop.target(shop.store, shop.carrier),
            ProcessOptions.of(ShopFloor.RETRIES));
    ShopFloor.run(redeployed);
    assertThat(redeployed.report("a").parked().orElseThrow())
        .contains("no such phase", "process.delivery-a", "revision 0");

    shop.delivery.resume("a", "ann");
    shop.run();
    assertThat(shop.phase("a")).isEqualTo(Phase.SHIPPED);
  }

  /// The process of the shop, of which something is replaced.
  private static class Strict
      implements ProcessManager<Shop.ShopEvent, Shop.Order, Shop.ShopCommand> {
    private final Shop.Delivery real = new Shop.Delivery();

    @Override
    public Correlation correlate(Shop.ShopEvent event) {
      return real.correlate(event);
    }

    @Override
    public Shop.Order initialState() {
      return real.initialState();
    }

    @Override
    public Shop.Order evolve(Shop.Order order, Input<Shop.ShopEvent, Shop.ShopCommand> input) {
      return real.evolve(order, input);
    }

    @Override
    public List<Effect<Shop.ShopCommand>> react(
        Shop.Order order, Input<Shop.ShopEvent, Shop.ShopCommand> input) {
      return real.react(order, input);
    }

    @Override
    public boolean isTerminal(Shop.Order order) {
      return real.isTerminal(order);
    }
  }
}
