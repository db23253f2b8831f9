// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.toolkit.process.Shop.Delivery;
import io.leftfold.toolkit.process.Shop.Order;
import io.leftfold.toolkit.process.Shop.Paid;
import io.leftfold.toolkit.process.Shop.Phase;
import io.leftfold.toolkit.process.Shop.Placed;
import io.leftfold.toolkit.process.Shop.PutBack;
import io.leftfold.toolkit.process.Shop.Ship;
import io.leftfold.toolkit.process.Shop.ShopCommand;
import io.leftfold.toolkit.process.Shop.ShopEvent;
import io.leftfold.toolkit.process.Shop.Take;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The process of the shop by examples, and what examples that are wrong say.
final class ProcessSpecificationTest {

  private static final Settlement DONE = new Settlement.Accepted("17");

  private final ProcessSpecification<ShopEvent, Order, ShopCommand> order =
      ProcessSpecification.of(new Delivery(), "7");
  private final ProcessSpecification<ShopEvent, Order, ShopCommand> waiting =
      order.given(new Placed("7")).givenSettled(new Take("7"), DONE);

  @Test
  void an_order_takes_its_piece_and_waits_for_the_money() {
    order.when(new Placed("7")).then(Effect.send(new Take("7")));
    order
        .given(new Placed("7"))
        .whenSettled(new Take("7"), DONE)
        .then(Effect.startTimer("payment", Shop.PATIENCE))
        .thenState(new Order("7", Phase.WAITING, false));
  }

  @Test
  void what_is_paid_is_shipped() {
    waiting
        .when(new Paid("7"))
        .then(Effect.cancelTimer("payment"), Effect.send("parcels", new Ship("7")));
    waiting.given(new Paid("7")).whenSettled(new Ship("7"), DONE).thenNothing().thenCompleted();
    order
        .given(new Placed("7"), new Paid("7"))
        .whenSettled(new Take("7"), DONE)
        .then(Effect.send("parcels", new Ship("7")));
  }

  @Test
  void what_is_not_paid_in_time_is_put_back() {
    waiting.whenTimePasses(Shop.PATIENCE.minusNanos(1)).thenNothing();
    waiting
        .givenTimePassed(Shop.PATIENCE.minusNanos(1))
        .whenTimePasses(Duration.ofNanos(1))
        .then(Effect.send(new PutBack("7")));
    waiting.given(new Paid("7")).whenTimePasses(Shop.PATIENCE).thenNothing();
    waiting.givenTimePassed(Shop.PATIENCE).when(new Paid("7")).thenNothing();
  }

  @Test
  void nothing_comes_of_what_is_behind_the_end_or_concerns_nobody_yet() {
    order.when(new Paid("7")).thenNothing();
    order
        .given(new Placed("7"))
        .givenSettled(new Take("7"), new Settlement.Rejected("sold out"))
        .when(new Paid("7"))
        .thenNothing()
        .thenCompleted();
  }

  @Test
  void an_instance_is_parked_with_what_the_process_does_not_bear() {
    ProcessSpecification.of(new Delivery(), Shop.POISON)
        .given(new Placed(Shop.POISON))
        .when(new Paid(Shop.POISON))
        .thenParked();
    waiting
        .given(new Paid("7"))
        .whenSettled(new Ship("7"), new Settlement.Failed(9, "nobody there"))
        .thenParked();
  }

  // ---- examples that are wrong

  @Test
  void what_could_not_have_come_is_not_given() {
    assertThatThrownBy(() -> order.given(new Placed("8")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not the instance \"7\"");
    assertThatThrownBy(() -> order.givenSettled(new Take("7"), DONE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("open are only []");
    assertThatThrownBy(() -> waiting.givenSettled(new Take("7"), DONE))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void what_is_not_as_it_was_said_to_be_fails() {
    var paid = waiting.when(new Paid("7"));

    assertThatThrownBy(paid::thenNothing)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("but led to [CancelTimer");
    assertThatThrownBy(paid::thenParked).isInstanceOf(AssertionError.class);
    assertThatThrownBy(paid::thenCompleted).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> paid.thenState(Order.NEW)).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() ->
            ProcessSpecification.of(new Delivery(), Shop.POISON)
                .given(new Placed(Shop.POISON), new Paid(Shop.POISON)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("parks the instance");
  }
}
