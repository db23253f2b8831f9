// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Directories that are filled and thrown away.
public final class Directories {

  private Directories() {}

  /// Makes a new directory.
  ///
  /// @param data in which, which is made if there is none; nothing for the temporary directory
  /// @param name what its name begins with
  /// @return the directory
  /// @throws IOException if it cannot be made
  public static Path make(@Nullable Path data, String name) throws IOException {
    return data == null
        ? Files.createTempDirectory("leftfold-%s-".formatted(name))
        : Files.createTempDirectory(Files.createDirectories(data), name + "-");
  }

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
