// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.regex.Pattern;

/// What somebody wants to do with a cart. What makes no sense whatever has happened is refused by
/// the constructors here; what depends on what has happened, by [Carts].
///
/// Commands are kept, too, under the names that they have here: a class that is renamed takes its
/// old ones with it.
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "command")
sealed interface CartCommand {

  /// With which cart.
  String cart();

  /// For people.
  String words();

  record TakeCart(String cart) implements CartCommand {
    public TakeCart {
      requireCart(cart);
    }

    @Override
    public String words() {
      return "Take a cart";
    }
  }

  /// More of an article, or some for a start.
  ///
  /// @param cents what one of it costs
  record AddItem(String cart, String article, int quantity, long cents) implements CartCommand {
    public AddItem {
      requireQuantity(quantity);
    }

    @Override
    public String words() {
      return "Add %d × %s".formatted(quantity, Article.title(article));
    }
  }

  /// To have none of it is something else: [RemoveItem].
  record ChangeQuantity(String cart, String article, int quantity) implements CartCommand {
    public ChangeQuantity {
      requireQuantity(quantity);
    }

    @Override
    public String words() {
      return "Make it %d × %s".formatted(quantity, Article.title(article));
    }
  }

  record RemoveItem(String cart, String article) implements CartCommand {
    @Override
    public String words() {
      return "Remove %s".formatted(Article.title(article));
    }
  }

  /// Buy what is in the cart.
  ///
  /// @param cents what all of it cost on the page where somebody said yes
  record CheckOut(String cart, long cents) implements CartCommand {
    @Override
    public String words() {
      return "Check out for %s".formatted(Article.price(cents));
    }
  }

  record Abandon(String cart) implements CartCommand {
    @Override
    public String words() {
      return "Leave it all here";
    }
  }

  Pattern CART = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");

  private static void requireCart(String cart) {
    require(
        CART.matcher(cart).matches(),
        "A cart is named by 1 to 40 of a to z, 0 to 9 and \"-\", got \"%s\"".formatted(cart));
  }

  private static void requireQuantity(int quantity) {
    require(quantity >= 1, "A quantity is 1 or more, got %d".formatted(quantity));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
