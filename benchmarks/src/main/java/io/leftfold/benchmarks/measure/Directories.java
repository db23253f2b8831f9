// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// Directories that are filled and thrown away.
public final class Directories {

  private Directories() {}

  /// Deletes a directory with all that is in it.
  ///
  /// @param directory what to delete
  public static void delete(Path directory) {
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
