// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

/// What happened to a cart. Amounts are cents.
sealed interface CartEvent {

  /// Whose it is.
  String cart();

  record CartTaken(String cart) implements CartEvent {}

  /// There is so much more of an article.
  ///
  /// @param cents what one of it cost then
  record ItemAdded(String cart, String article, int quantity, long cents) implements CartEvent {}

  /// There is more of it now, or less.
  ///
  /// @param quantity how many there are from now on
  record ItemQuantityChanged(String cart, String article, int quantity) implements CartEvent {}

  /// There is none of it any more.
  ///
  /// @param quantity how many there were
  record ItemRemoved(String cart, String article, int quantity) implements CartEvent {}

  /// It was bought, with what was in it.
  ///
  /// @param cents what all of it costs
  record CartCheckedOut(String cart, long cents) implements CartEvent {}

  record CartAbandoned(String cart) implements CartEvent {}
}
