// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// One version of a projection. Versions stand beside each other, each with a view of its own.
///
/// @param projection its name
/// @param version from 1; a projection that folds otherwise than before has a higher one
public record ProjectionVersion(String projection, int version) {

  /// Checks name and number.
  public ProjectionVersion {
    if (projection.isEmpty()) {
      throw new IllegalArgumentException("A projection has a name, got an empty one");
    }
    if (version < 1) {
      throw new IllegalArgumentException(
          "Versions of a projection are counted from 1, got " + version);
    }
  }

  @Override
  public String toString() {
    return "%s, version %d".formatted(projection, version);
  }
}
