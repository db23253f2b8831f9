// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import java.time.Duration;

/// Pages that are read one after the other, from the first to the last and over again.
///
/// @param pages how many there are
/// @param events how many are in each
record Paging(int pages, int events) {

  /// What reads pages.
  interface Reader {
    /// Reads one.
    ///
    /// @param page from 0
    Object read(int page) throws Exception;
  }

  /// Events per second.
  double rate(Duration time, Reader reader) throws Exception {
    var begin = System.nanoTime();
    var read = 0;
    while (System.nanoTime() - begin < time.toNanos()) {
      var _ = reader.read(read % pages);
      read++;
    }
    return (double) events * read * 1e9 / (System.nanoTime() - begin);
  }
}
