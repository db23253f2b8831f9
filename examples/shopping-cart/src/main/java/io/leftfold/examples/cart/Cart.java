// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/// What is known of a cart: the fold of its events.
///
/// @param lines what is in it, by article
record Cart(Phase phase, SortedMap<String, Line> lines) {

  enum Phase {
    /// Nobody has taken it.
    NONE("not there"),
    OPEN("open"),
    CHECKED_OUT("checked out"),
    ABANDONED("left behind");

    private final String word;

    Phase(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /// @param cents what one of it costs
  record Line(int quantity, long cents) {
    long total() {
      return quantity * cents;
    }
  }

  static final Cart NONE = new Cart(Phase.NONE, new TreeMap<>());

  Cart {
    lines = Collections.unmodifiableSortedMap(new TreeMap<>(lines));
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  boolean isOver() {
    return phase == Phase.CHECKED_OUT || phase == Phase.ABANDONED;
  }

  boolean has(String article) {
    return lines.containsKey(article);
  }

  /// How many there are of an article.
  int quantity(String article) {
    var line = lines.get(article);
    return line == null ? 0 : line.quantity();
  }

  /// How many there are of everything.
  int pieces() {
    return lines.values().stream().mapToInt(Line::quantity).sum();
  }

  /// What all of it costs, in cents.
  long total() {
    return lines.values().stream().mapToLong(Line::total).sum();
  }

  Cart in(Phase next) {
    return new Cart(next, lines);
  }

  Cart added(String article, int quantity, long cents) {
    return changed(lines -> lines.put(article, new Line(quantity(article) + quantity, cents)));
  }

  Cart withQuantity(String article, int quantity) {
    return changed(
        lines -> lines.computeIfPresent(article, (_, line) -> new Line(quantity, line.cents())));
  }

  Cart without(String article) {
    return changed(lines -> lines.remove(article));
  }

  private Cart changed(Consumer<SortedMap<String, Line>> change) {
    var other = new TreeMap<>(lines);
    change.accept(other);
    return new Cart(phase, other);
  }
}
