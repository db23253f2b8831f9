// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static io.leftfold.toolkit.process.Shop.DELIVERY;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.StreamState;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.process.Shop.Order;
import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import io.leftfold.toolkit.process.Shop.ShopCommand;
import io.leftfold.toolkit.process.Shop.ShopEvent;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// Instances that are kept in memory are what reading them from their beginning gives, and spare
/// that.
final class InstancesTest {

  private final ShopFloor shop = new ShopFloor();

  @AfterEach
  void close() {
    shop.close();
  }

  /// Somebody who counts entries that are read.
  private static final class Counting extends ForwardingEventStore {
    private long entries;

    Counting(EventStore store) {
      super(store);
    }

    @Override
    public StreamRead read(StreamName stream, ReadOptions options) {
      if (DELIVERY.instance(stream).isPresent()) {
        try (var read = super.read(stream, options)) {
          entries += read.stream().count();
        }
      }
      return super.read(stream, options);
    }
  }

  private long entriesRead(int instancesMax) {
    try (var other = new ShopFloor().with(10)) {
      other.happens(new Placed("a"));
      IntStream.range(0, 100).forEach(_ -> other.happens(new Paid("a")));
      var counting = new Counting(other.store);
      var runner =
          ProcessRunner.of(
              counting,
              DELIVERY,
              (_, _) -> {
                throw new IllegalStateException("nobody there");
              },
              other.clock,
              ProcessOptions.of(ShopFloor.RETRIES).withInstancesMax(instancesMax));
      ShopFloor.run(runner);
      assertThat(runner.state("a").phase()).isEqualTo(Phase.TAKING);
      return counting.entries;
    }
  }

  @Test
  void an_instance_that_is_kept_is_read_on_from_where_it_was() {
    assertThat(entriesRead(0)).isGreaterThan(100 * 100 / 2);
    assertThat(entriesRead(1)).isLessThan(6 * 100);
  }

  private Instances<ShopEvent, Order, ShopCommand> keeping(int instancesMax) {
    return new Instances<>(shop.store, DELIVERY, instancesMax);
  }

  private static String told(Instance<?, ?, ?> instance) {
    return "%s %s %s %s %s %s %s"
        .formatted(
            instance.revision(),
            instance.isCompleted(),
            instance.parked(),
            instance.held().size(),
            instance.open().keySet(),
            instance.timers(),
            instance.isBroken() ? "broken" : instance.state());
  }

  @RepeatedTest(10)
  void whatever_happens_an_instance_that_is_kept_is_what_is_read_from_the_beginning() {
    var seed = Steps.seed();
    var random = new Random(seed);
    shop.with(10);
    var kept = keeping(3);
    for (var i = 0; i < 80; i++) {
      var order = (random.nextInt(8) == 0 ? Shop.POISON : "o") + random.nextInt(5);
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> shop.happens(new Placed(order));
        case 3, 4 -> shop.happens(new Paid(order));
        case 5 -> shop.clock.advance(Shop.PATIENCE.dividedBy(4));
        case 6 -> shop.delivery.resume(order, "ann");
        case 7 -> shop.delivery.skip(order, "ann");
        case 8 -> {
          if (kept.of(order).isThere()) {
            shop.store.delete(DELIVERY.stream(order), ExpectedState.any());
          }
        }
        case 9 -> {
          var isOpen =
              !(shop.store.state(DELIVERY.stream(order)) instanceof StreamState.Tombstoned);
          if (isOpen && random.nextInt(10) == 0) {
            shop.store.tombstone(DELIVERY.stream(order), ExpectedState.any());
          }
        }
        default -> shop.run();
      }
      var instance = kept.of(order);
      assertThat(told(instance))
          .as("seed %d, step %d, %s", seed, i, order)
          .isEqualTo(told(keeping(0).of(order)));
      kept.giveBack(instance);
    }
  }

  @Test
  void what_is_taken_away_is_nobody_elses() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    var instances = keeping(1);
    instances.giveBack(instances.of("a"));

    var one = instances.of("a");
    var other = instances.of("a");
    assertThat(one).isNotSameAs(other);
    instances.giveBack(one);
    assertThat(instances.of("a")).isSameAs(one);
  }

  @Test
  void no_more_are_kept_than_there_is_room_for() {
    shop.with(5).happens(new Placed("a"), new Placed("b"), new Placed("c"));
    shop.run();
    var instances = keeping(2);
    var a = instances.of("a");
    var b = instances.of("b");
    var c = instances.of("c");
    instances.giveBack(a);
    instances.giveBack(b);
    instances.giveBack(c);

    assertThat(instances.of("a")).isNotSameAs(a);
    assertThat(instances.of("b")).isSameAs(b);
    assertThat(instances.of("c")).isSameAs(c);
  }

  @Test
  void what_was_truncated_behind_the_last_entry_is_read_anew() {
    shop.with(5).happens(new Placed("a"));
    shop.run();
    var instances = keeping(1);
    var before = instances.of("a");
    instances.giveBack(before);
    shop.store.writeMetadata(
        DELIVERY.stream("a"),
        ExpectedState.any(),
        StreamMetadata.none().withTruncateBefore(before.revision() + 1));

    assertThat(instances.of("a")).isNotSameAs(before).matches(instance -> !instance.isThere());
  }

  @Test
  void an_instance_that_cannot_be_folded_is_not_kept() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    var instances = keeping(1);
    shop.store.append(
        DELIVERY.stream("a"), ExpectedState.any(), ProposedEvent.json("$process-settled", "{}"));
    var broken = instances.of("a");
    assertThat(broken.isBroken()).isTrue();
    instances.giveBack(broken);

    assertThat(instances.of("a")).isNotSameAs(broken);
  }

  @Test
  void what_is_purged_is_read_anew_also_if_it_was_just_in_use() {
    shop.with(1).happens(new Placed("a"));
    shop.run();
    var instances = keeping(2);
    var inUse = instances.of("a");
    instances.forgetAll();
    instances.giveBack(inUse);

    assertThat(instances.of("a")).isNotSameAs(inUse);
    assertThat(shop.delivery.purge(Subject.of("customer-7"), Set.of())).isEmpty();
  }
}
