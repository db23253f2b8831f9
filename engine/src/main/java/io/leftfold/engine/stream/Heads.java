// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.StreamName;
import java.util.HashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The heads of the streams that were used last. Bounded: when the young half is full, it becomes
/// the old half, and what is in neither is looked up again.
final class Heads {
  private static final int HALF = 100_000;

  private final Function<StreamName, Head> lookup;
  private HashMap<StreamName, Head> young = new HashMap<>();
  private HashMap<StreamName, Head> old = new HashMap<>();
  private @Nullable Head last;

  Heads(Function<StreamName, Head> lookup) {
    this.lookup = lookup;
  }

  /// Danger: must not be asked for with unpublished commits of a stream that is not in here, which
  /// [Committer] ensures by calling [#trim] only when there are none.
  Head of(StreamName name) {
    var before = last;
    if (before != null && before.name.equals(name)) {
      return before; // one append asks several times
    }
    var head = find(name);
    last = head;
    return head;
  }

  private Head find(StreamName name) {
    var head = young.get(name);
    if (head == null) {
      head = old.remove(name);
      if (head == null) {
        head = lookup.apply(name);
      }
      young.put(name, head);
    }
    return head;
  }

  /// Whether it is time to forget what was not used for long.
  boolean isFull() {
    return young.size() > HALF;
  }

  /// Forgets what was not used for long. Only when all that was written is published.
  void trim() {
    last = null; // it may be in neither half any more
    old = young;
    young = new HashMap<>();
  }
}
