// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// The text of a projection, and the name that messages call it by.
///
/// @param name the projection's name
/// @param text JavaScript
public record ProjectionSource(String name, String text) {

  /// Checks the name.
  ///
  /// @throws IllegalArgumentException if the name is blank
  public ProjectionSource {
    if (name.isBlank()) {
      throw new IllegalArgumentException("A projection has a name, got a blank one");
    }
  }
}
