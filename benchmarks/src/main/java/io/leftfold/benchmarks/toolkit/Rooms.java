// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import java.io.IOException;
import java.nio.file.Path;

/// Where read models are made: each in a room of its own, in which there is nothing.
interface Rooms extends AutoCloseable {

  /// A new room.
  ///
  /// @param path no other room's
  /// @return where it is, as whoever opens it wants to be told
  String of(Path path) throws IOException;

  @Override
  void close() throws IOException;

  /// In files.
  static Rooms files() {
    return new Rooms() {
      @Override
      public String of(Path path) {
        return path.toString();
      }

      @Override
      public void close() {
        // Whoever opened a room has closed it.
      }
    };
  }
}
