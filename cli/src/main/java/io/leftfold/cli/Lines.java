// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The lines of a stream of bytes, counted from 1.
final class Lines {

  /// Above the largest event that a store could take, written in Base64 twice.
  private static final int LINE_BYTES_MAX = 512 << 20;

  private final InputStream in;
  private long number;

  /// @param in buffered
  Lines(InputStream in) {
    this.in = in;
  }

  /// The number of the line that was read last.
  long number() {
    return number;
  }

  /// The next line, without its line feed, or null behind the last.
  byte @Nullable [] next() throws IOException {
    var line = new ByteArrayOutputStream(512);
    var b = in.read();
    if (b < 0) {
      return null;
    }
    number++;
    while (b >= 0 && b != '\n') {
      if (line.size() == LINE_BYTES_MAX) {
        throw new CommandFailedException(
            ExitCode.FAILED,
            "Line %,d has more than %,d bytes: it is no event".formatted(number, LINE_BYTES_MAX));
      }
      line.write(b);
      b = in.read();
    }
    return line.toByteArray();
  }
}
