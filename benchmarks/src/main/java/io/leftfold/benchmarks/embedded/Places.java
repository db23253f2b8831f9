// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Where the records of each stream of a [Population] are in the mapped files of the log: what
/// reading them takes when nothing has to be looked for.
final class Places {
  private static final int STREAM_LENGTH = 14;
  private static final int CHUNK_SHIFT = 40;

  private final List<MemorySegment> chunks;
  private final Map<String, long[]> places = new HashMap<>();
  private final LogLayout.Checker checker = new LogLayout.Checker();

  Places(List<MemorySegment> chunks) {
    this.chunks = chunks;
    var found = new HashMap<String, Integer>();
    for (var i = 0; i < chunks.size(); i++) {
      var number = (long) i;
      LogLayout.forEachRecord(
          chunks.get(i),
          (chunk, offset, _) -> {
            var name = new byte[STREAM_LENGTH];
            MemorySegment.copy(
                chunk,
                ValueLayout.JAVA_BYTE,
                offset + LogLayout.RECORD_HEADER_BYTES,
                name,
                0,
                name.length);
            var stream = new String(name, StandardCharsets.UTF_8);
            var ordinal = found.merge(stream, 1, Integer::sum) - 1;
            if (ordinal < Population.STREAM_EVENTS) {
              places.computeIfAbsent(stream, _ -> new long[Population.STREAM_EVENTS])[ordinal] =
                  (number << CHUNK_SHIFT) | offset;
            }
          });
    }
  }

  int read(String stream) {
    var count = 0;
    for (var place : Objects.requireNonNull(places.get(stream))) {
      var chunk = chunks.get((int) (place >>> CHUNK_SHIFT));
      var offset = place & (1L << CHUNK_SHIFT) - 1;
      checker.check(chunk, offset, chunk.get(LogLayout.INT, offset));
      count++;
    }
    return count;
  }
}
