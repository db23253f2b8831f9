// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.StreamName;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// What was found in the store, by stream, until the stream changes. [Changes] sees to that.
///
/// @param <T> what is found
final class Remembered<T> {

  /// When so many are remembered, all are forgotten: the next ones cost a look each.
  private static final int ENTRIES_MAX = 50_000;

  private final Changes changes;
  private final Function<StreamName, T> look;
  private final ConcurrentHashMap<StreamName, T> found = new ConcurrentHashMap<>();

  Remembered(Changes changes, Function<StreamName, T> look) {
    this.changes = changes;
    this.look = look;
    changes.tell(this::forget);
  }

  /// What there is, as of this moment: whatever was acknowledged before the call is in it.
  T of(StreamName stream) {
    changes.take();
    var known = found.get(stream);
    return known == null ? find(stream) : known;
  }

  private T find(StreamName stream) {
    var before = changes.count();
    var value = look.apply(stream);
    changes.ifUnchanged(
        before,
        () -> {
          if (found.size() >= ENTRIES_MAX) {
            found.clear();
          }
          found.put(stream, value);
        });
    return value;
  }

  private void forget(StreamName stream) {
    found.remove(stream);
  }
}
