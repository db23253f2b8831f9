// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The memory that a process has, as the system sees it.
public final class Resident {

  private Resident() {}

  /// What a process has in memory that is its own: heap, stacks, buffers.
  ///
  /// @param pid which process
  /// @return bytes; −1 where nobody says
  /// @throws IOException if the process is gone
  public static long anonymousBytes(long pid) throws IOException {
    return kibibytes(pid, "RssAnon:");
  }

  /// What a process has in memory of files, which the system can have back.
  ///
  /// @param pid which process
  /// @return bytes; −1 where nobody says
  /// @throws IOException if the process is gone
  public static long mappedBytes(long pid) throws IOException {
    return kibibytes(pid, "RssFile:");
  }

  private static long kibibytes(long pid, String key) throws IOException {
    var status = Path.of("/proc", Long.toString(pid), "status");
    if (!Files.exists(status)) {
      return -1;
    }
    try (var lines = Files.lines(status)) {
      var found =
          lines
              .filter(line -> line.startsWith(key))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst();
      return found.isPresent() ? found.getAsLong() << 10 : -1;
    }
  }
}
