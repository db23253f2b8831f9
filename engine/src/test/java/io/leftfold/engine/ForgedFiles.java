// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import java.io.IOException;
import java.util.Objects;

/// Files of the golden stores, and files that somebody forged.
public final class ForgedFiles {

  private ForgedFiles() {}

  /// A file of a golden store.
  public static byte[] golden(String file) throws IOException {
    try (var in = ForgedFiles.class.getResourceAsStream("/golden/" + file)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  /// The same bytes, with every checksum made right.
  public static byte[] withRightChecksums(String name, byte[] bytes) {
    var forged = bytes.clone();
    RightChecksums.make(name, forged);
    return forged;
  }
}
