// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// Finds a value in an event.
///
/// @param name what the value is called
/// @param text JavaScript: a function of one record, `rec => …`
/// @param type what the value has to be
public record EventSelector(String name, String text, Type type) {

  /// What a value is.
  public enum Type {
    /// A text.
    STRING,
    /// A finite number.
    DOUBLE,
    /// A whole number of 32 bits, with a sign.
    INT_32,
    /// A whole number of 64 bits, with a sign. Beyond 2^53, a `BigInt`.
    INT_64
  }
}
