// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/// The streams of which is noted already that a projection emitted to them, as many as there is
/// room for. One that was not emitted to for long is forgotten, and noted again when it is emitted
/// to: who deletes them minds no repetition, but would miss one that was never noted.
final class TrackedStreams {

  private static final long ENTRY_BYTES = 150;

  private final long bytesMax;
  private final LinkedHashMap<String, Boolean> names = new LinkedHashMap<>(64, 0.75f, true);
  private long bytes;

  /// @param bytesMax what the names may take
  TrackedStreams(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /// Those that were noted last.
  static TrackedStreams read(EventStore store, StreamName noted, long bytesMax) {
    var tracked = new TrackedStreams(bytesMax);
    var last = new ArrayList<String>();
    var bytes = 0L;
    try (var read = store.read(noted, ReadOptions.backwards())) {
      for (var resolved : read) {
        var name = resolved.event().orElseGet(resolved::original).dataAsText();
        bytes += bytes(name);
        if (bytes > bytesMax) {
          break;
        }
        last.add(name);
      }
    }
    last.reversed().forEach(tracked::add);
    return tracked;
  }

  /// Remembers a stream.
  ///
  /// @return whether it has to be noted
  boolean add(String name) {
    if (names.put(name, true) != null) {
      return false;
    }
    bytes += bytes(name);
    var oldest = names.keySet().iterator();
    while (bytes > bytesMax && names.size() > 1) {
      bytes -= bytes(oldest.next());
      oldest.remove();
    }
    return true;
  }

  private static long bytes(String name) {
    return ENTRY_BYTES + name.length();
  }

  int size() {
    return names.size();
  }
}
