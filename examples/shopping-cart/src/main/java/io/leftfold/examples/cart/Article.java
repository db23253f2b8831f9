// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What can be bought. A real shop asks another system for it.
///
/// @param name by which events call it
/// @param cents what one of it costs today
record Article(String name, String title, String about, long cents) {

  static final List<Article> ALL =
      List.of(
          new Article("apples", "Apples", "A kilo, from the orchard next door", 320),
          new Article("bread", "Rye bread", "Baked this morning", 420),
          new Article("cheese", "Mountain cheese", "A wedge, a year old", 780),
          new Article("coffee", "Coffee beans", "Half a pound, roasted dark", 890),
          new Article("honey", "Forest honey", "A jar", 650),
          new Article("tea", "Green tea", "A hundred grams, loose", 490));

  static List<String> names() {
    return ALL.stream().map(Article::name).toList();
  }

  static Optional<Article> named(String name) {
    return ALL.stream().filter(article -> article.name().equals(name)).findFirst();
  }

  /// What people call an article; its name, if it is sold no more.
  static String title(String name) {
    return named(name).map(Article::title).orElse(name);
  }

  /// An amount for people.
  static String price(long cents) {
    return String.format(Locale.ROOT, "%d.%02d €", cents / 100, cents % 100);
  }
}
