// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static io.leftfold.toolkit.Decision.accept;
import static io.leftfold.toolkit.Decision.reject;
import static io.leftfold.toolkit.JsonBinding.jackson;

import io.leftfold.api.StreamName;
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
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandLog;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.EventTypes;
import tools.jackson.databind.json.JsonMapper;

/// What commands do to a cart, what events make of it, and how both are stored.
final class Carts {

  static final int QUANTITY_MAX = 10;

  private Carts() {}

  static final Decider<CartCommand, Cart, CartEvent, Refusal> DECIDER =
      Decider.of(Cart.NONE, Carts::decide, Carts::evolve).endingWhen(Cart::isOver);

  private static Decision<CartEvent, Refusal> decide(CartCommand command, Cart cart) {
    return switch (command) {
      case TakeCart(var name) when cart.phase() == Phase.NONE -> accept(new CartTaken(name));
      case TakeCart _ -> reject(new CartIsTaken());
      case CartCommand _ when cart.phase() == Phase.NONE -> reject(new NoSuchCart());
      case CartCommand _ when cart.isOver() -> reject(new CartIsOver(cart.phase()));

      case AddItem(_, var article, var quantity, _)
          when cart.quantity(article) + (long) quantity > QUANTITY_MAX ->
          reject(tooMany(article, cart.quantity(article) + (long) quantity));
      case AddItem(var name, var article, var quantity, var cents) ->
          accept(new ItemAdded(name, article, quantity, cents));

      case ChangeQuantity(_, var article, _) when !cart.has(article) ->
          reject(new NotInTheCart(article));
      case ChangeQuantity(_, var article, var quantity) when quantity > QUANTITY_MAX ->
          reject(tooMany(article, quantity));
      case ChangeQuantity(_, var article, var quantity) when quantity == cart.quantity(article) ->
          accept();
      case ChangeQuantity(var name, var article, var quantity) ->
          accept(new ItemQuantityChanged(name, article, quantity));

      case RemoveItem(_, var article) when !cart.has(article) -> reject(new NotInTheCart(article));
      case RemoveItem(var name, var article) ->
          accept(new ItemRemoved(name, article, cart.quantity(article)));

      case CheckOut _ when cart.lines().isEmpty() -> reject(new CartIsEmpty());
      case CheckOut(_, var cents) when cents != cart.total() ->
          reject(new TotalChanged(cents, cart.total()));
      case CheckOut(var name, var cents) -> accept(new CartCheckedOut(name, cents));

      case Abandon(var name) -> accept(new CartAbandoned(name));
    };
  }

  private static TooMany tooMany(String article, long quantity) {
    return new TooMany(article, quantity, QUANTITY_MAX);
  }

  private static Cart evolve(Cart cart, CartEvent event) {
    return switch (event) {
      case CartTaken _ -> cart.in(Phase.OPEN);
      case ItemAdded(_, var article, var quantity, var cents) ->
          cart.added(article, quantity, cents);
      case ItemQuantityChanged(_, var article, var quantity) ->
          cart.withQuantity(article, quantity);
      case ItemRemoved(_, var article, _) -> cart.without(article);
      case CartCheckedOut _ -> cart.in(Phase.CHECKED_OUT);
      case CartAbandoned _ -> cart.in(Phase.ABANDONED);
    };
  }

  /// Whether a command that was given before may have led to an event: that says what the command
  /// says. What an article cost, and how many there were, may be otherwise by now.
  static boolean mayHaveLedTo(CartCommand command, CartEvent event) {
    return switch (command) {
      case TakeCart(var cart) -> event.equals(new CartTaken(cart));
      case AddItem(var cart, var article, var quantity, _) ->
          event instanceof ItemAdded(_, _, _, var cents)
              && event.equals(new ItemAdded(cart, article, quantity, cents));
      case ChangeQuantity(var cart, var article, var quantity) ->
          event.equals(new ItemQuantityChanged(cart, article, quantity));
      case RemoveItem(var cart, var article) ->
          event instanceof ItemRemoved(_, _, var quantity)
              && event.equals(new ItemRemoved(cart, article, quantity));
      case CheckOut(var cart, var cents) -> event.equals(new CartCheckedOut(cart, cents));
      case Abandon(var cart) -> event.equals(new CartAbandoned(cart));
    };
  }

  // ---- on what a decision rests

  static Boundary<CartEvent> boundary(CartCommand command) {
    return boundary(command.cart());
  }

  static Boundary<CartEvent> boundary(String cart) {
    return Boundary.stream(StreamName.of("cart-" + cart));
  }

  // ---- how events and commands are stored

  /// The names are for ever, the classes are not.
  static final EventTypes<CartEvent> EVENTS =
      EventTypes.of(CartEvent.class)
          .type("CartTaken", 1, CartTaken.class, jackson(CartTaken.class))
          .type("ItemAdded", 1, ItemAdded.class, jackson(ItemAdded.class))
          .type(
              "ItemQuantityChanged",
              1,
              ItemQuantityChanged.class,
              jackson(ItemQuantityChanged.class))
          .type("ItemRemoved", 1, ItemRemoved.class, jackson(ItemRemoved.class))
          .type("CartCheckedOut", 1, CartCheckedOut.class, jackson(CartCheckedOut.class))
          .type("CartAbandoned", 1, CartAbandoned.class, jackson(CartAbandoned.class))
          .build();

  private static final JsonMapper JSON = JsonMapper.shared();

  /// Where the commands to a cart are kept, with what became of them.
  static CommandLog<CartCommand, Refusal> log(String cart) {
    return CommandLog.of(
        StreamName.of("commands-" + cart),
        JSON.writerFor(CartCommand.class)::writeValueAsString,
        json -> JSON.readValue(json, CartCommand.class),
        JSON.writerFor(Refusal.class)::writeValueAsString);
  }

  /// Why a command was rejected, as its log has it.
  static Refusal refusal(String json) {
    return JSON.readValue(json, Refusal.class);
  }
}
