// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/// Processes that end when their standard input does.
public final class Processes {

  private Processes() {}

  /// Lets a process end, and sees to it that it does.
  ///
  /// @param process which
  /// @param seconds how long it may take for that
  /// @throws IOException if its input cannot be closed
  public static void end(Process process, int seconds) throws IOException {
    process.getOutputStream().close();
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
