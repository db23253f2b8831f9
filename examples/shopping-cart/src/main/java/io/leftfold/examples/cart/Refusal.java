// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// Why a command is rejected: data, so that whoever asked is told precisely, beside what they
/// asked, and so that it can be kept.
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "refusal")
sealed interface Refusal {

  /// For people.
  String message();

  record NoSuchCart() implements Refusal {
    @Override
    public String message() {
      return "Nobody has taken this cart";
    }
  }

  record CartIsTaken() implements Refusal {
    @Override
    public String message() {
      return "Somebody has taken this cart already";
    }
  }

  record CartIsOver(Cart.Phase phase) implements Refusal {
    @Override
    public String message() {
      return "This cart is %s, and nothing more is done with it".formatted(phase.word());
    }
  }

  record NotInTheCart(String article) implements Refusal {
    @Override
    public String message() {
      return "There is no %s in the cart (any more)".formatted(Article.title(article));
    }
  }

  record TooMany(String article, long quantity, int quantityMax) implements Refusal {
    @Override
    public String message() {
      return "That would be %d × %s, and nobody gets more than %d"
          .formatted(quantity, Article.title(article), quantityMax);
    }
  }

  record CartIsEmpty() implements Refusal {
    @Override
    public String message() {
      return "There is nothing in the cart to be checked out";
    }
  }

  record TotalChanged(long seen, long total) implements Refusal {
    @Override
    public String message() {
      return "You said yes to %s, but the cart was changed meanwhile and comes to %s"
          .formatted(Article.price(seen), Article.price(total));
    }
  }

  /// The id of a command was another command's before.
  record IdIsTaken() implements Refusal {
    @Override
    public String message() {
      return "This form was sent before, with something else in it; here is a new one";
    }
  }
}
