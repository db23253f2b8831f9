// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// What a selector found in an event.
public sealed interface SelectedValue {

  /// A text.
  ///
  /// @param value may be empty
  record Text(String value) implements SelectedValue {}

  /// A number with a fraction.
  ///
  /// @param value finite; zero has no sign
  record Real(double value) implements SelectedValue {
    /// Takes the sign from zero.
    public Real {
      value = value == 0 ? 0 : value;
    }
  }

  /// A whole number.
  ///
  /// @param value any; of 32 bits where that was asked for
  record Whole(long value) implements SelectedValue {}
}
