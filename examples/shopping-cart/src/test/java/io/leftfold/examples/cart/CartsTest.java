// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.leftfold.examples.cart.Cart.Phase;
import io.leftfold.examples.cart.CartCommand.Abandon;
import io.leftfold.examples.cart.CartCommand.AddItem;
import io.leftfold.examples.cart.CartCommand.ChangeQuantity;
import io.leftfold.examples.cart.CartCommand.CheckOut;
import io.leftfold.examples.cart.CartCommand.RemoveItem;
import io.leftfold.examples.cart.CartCommand.TakeCart;
import io.leftfold.examples.cart.CartEvent.CartAbandoned;
import io.leftfold.examples.cart.CartEvent.CartCheckedOut;
import io.leftfold.examples.cart.CartEvent.CartTaken;
import io.leftfold.examples.cart.CartEvent.ItemAdded;
import io.leftfold.examples.cart.CartEvent.ItemQuantityChanged;
import io.leftfold.examples.cart.CartEvent.ItemRemoved;
import io.leftfold.examples.cart.Refusal.CartIsEmpty;
import io.leftfold.examples.cart.Refusal.CartIsOver;
import io.leftfold.examples.cart.Refusal.CartIsTaken;
import io.leftfold.examples.cart.Refusal.NoSuchCart;
import io.leftfold.examples.cart.Refusal.NotInTheCart;
import io.leftfold.examples.cart.Refusal.TooMany;
import io.leftfold.examples.cart.Refusal.TotalChanged;
import io.leftfold.toolkit.Specification;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What each command does, and when it is rejected.
final class CartsTest {

  private static final CartTaken TAKEN = new CartTaken("c");
  private static final ItemAdded TWO_TEAS = new ItemAdded("c", "tea", 2, 490);
  private static final ItemAdded HONEY = new ItemAdded("c", "honey", 1, 650);

  private static Specification<CartCommand, Cart, CartEvent, Refusal> carts() {
    return Specification.of(Carts.DECIDER).within(Carts.EVENTS, Carts::boundary);
  }

  private static AddItem addTea(int quantity) {
    return new AddItem("c", "tea", quantity, 490);
  }

  @Test
  void a_cart_is_taken_once() {
    carts().when(new TakeCart("c")).then(TAKEN);
    carts().given(TAKEN).when(new TakeCart("c")).thenRejected(new CartIsTaken());
  }

  static List<CartCommand> whatNeedsACart() {
    return List.of(
        addTea(1),
        new ChangeQuantity("c", "tea", 1),
        new RemoveItem("c", "tea"),
        new CheckOut("c", 980),
        new Abandon("c"));
  }

  @ParameterizedTest
  @MethodSource("whatNeedsACart")
  void nothing_is_done_with_a_cart_that_nobody_has_taken(CartCommand command) {
    carts().when(command).thenRejected(new NoSuchCart());
  }

  @ParameterizedTest
  @MethodSource("whatNeedsACart")
  void nothing_is_done_with_a_cart_that_is_over(CartCommand command) {
    carts()
        .given(TAKEN, TWO_TEAS, new CartCheckedOut("c", 980))
        .when(command)
        .thenRejected(new CartIsOver(Phase.CHECKED_OUT));
    carts()
        .given(TAKEN, TWO_TEAS, new CartAbandoned("c"))
        .when(command)
        .thenRejected(new CartIsOver(Phase.ABANDONED));
  }

  @Test
  void nobody_gets_more_than_ten_of_an_article() {
    carts().given(TAKEN, TWO_TEAS).when(addTea(8)).then(new ItemAdded("c", "tea", 8, 490));
    carts().given(TAKEN, TWO_TEAS).when(addTea(9)).thenRejected(new TooMany("tea", 11, 10));
    carts()
        .given(TAKEN, TWO_TEAS)
        .when(addTea(Integer.MAX_VALUE))
        .thenRejected(new TooMany("tea", Integer.MAX_VALUE + 2L, 10));
    carts()
        .given(TAKEN, TWO_TEAS)
        .when(new ChangeQuantity("c", "tea", 11))
        .thenRejected(new TooMany("tea", 11, 10));
    carts().given(TAKEN, TWO_TEAS).when(new AddItem("c", "honey", 1, 650)).then(HONEY);
  }

  @Test
  void a_quantity_is_changed_of_what_is_in_the_cart() {
    carts()
        .given(TAKEN, TWO_TEAS)
        .when(new ChangeQuantity("c", "tea", 10))
        .then(new ItemQuantityChanged("c", "tea", 10));
    carts().given(TAKEN, TWO_TEAS).when(new ChangeQuantity("c", "tea", 2)).thenNothing();
    carts()
        .given(TAKEN, TWO_TEAS)
        .when(new ChangeQuantity("c", "honey", 1))
        .thenRejected(new NotInTheCart("honey"));
  }

  @Test
  void what_is_removed_is_gone_and_is_said_to_have_been_there() {
    carts()
        .given(TAKEN, TWO_TEAS, new ItemQuantityChanged("c", "tea", 5))
        .when(new RemoveItem("c", "tea"))
        .then(new ItemRemoved("c", "tea", 5));
    carts()
        .given(TAKEN, TWO_TEAS, new ItemRemoved("c", "tea", 2))
        .when(new RemoveItem("c", "tea"))
        .thenRejected(new NotInTheCart("tea"));
  }

  @Test
  void a_cart_is_checked_out_for_what_was_seen() {
    carts()
        .given(TAKEN, TWO_TEAS, HONEY)
        .when(new CheckOut("c", 1_630))
        .then(new CartCheckedOut("c", 1_630));
    carts()
        .given(TAKEN, TWO_TEAS, HONEY)
        .when(new CheckOut("c", 980))
        .thenRejected(new TotalChanged(980, 1_630));
    carts().given(TAKEN).when(new CheckOut("c", 0)).thenRejected(new CartIsEmpty());
    carts()
        .given(TAKEN, HONEY, new ItemRemoved("c", "honey", 1))
        .when(new CheckOut("c", 0))
        .thenRejected(new CartIsEmpty());
  }

  @Test
  void an_article_costs_what_it_cost_when_it_was_added_last() {
    carts()
        .given(TAKEN, TWO_TEAS, new ItemAdded("c", "tea", 1, 500))
        .when(new CheckOut("c", 1_500))
        .then(new CartCheckedOut("c", 1_500));
  }

  @Test
  void a_cart_can_be_left_with_what_is_in_it() {
    carts().given(TAKEN, TWO_TEAS).when(new Abandon("c")).then(new CartAbandoned("c"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void what_is_no_quantity_is_not_asked_for(int quantity) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> addTea(quantity))
        .withMessage("A quantity is 1 or more, got %d", quantity);
    assertThatIllegalArgumentException().isThrownBy(() -> new ChangeQuantity("c", "tea", quantity));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "C", "-c", "c c", "01234567890123456789012345678901234567890"})
  void what_is_no_name_of_a_cart_is_none(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new TakeCart(name));
  }

  @Test
  void every_refusal_says_something_to_people() {
    assertThat(new TotalChanged(980, 1_630).message())
        .isEqualTo(
            "You said yes to 9.80 €, but the cart was changed meanwhile and comes to 16.30 €");
    assertThat(new TooMany("tea", 11, 10).message())
        .isEqualTo("That would be 11 × Green tea, and nobody gets more than 10");
    assertThat(new CartIsOver(Phase.ABANDONED).message())
        .isEqualTo("This cart is left behind, and nothing more is done with it");
  }
}
