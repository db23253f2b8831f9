// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.StreamName;
import java.util.HashMap;
import java.util.function.Function;

/// The heads of the streams that were used last. Bounded: when the young half is full, it becomes
/// the old half, and what is in neither is looked up again.
final class Heads {
  private static final int HALF = 100_000;

  private final Function<StreamName, Head> lookup;
  private HashMap<StreamName, Head> young = new HashMap<>();
  private HashMap<StreamName, Head> old = new HashMap<>();

  Heads(Function<StreamName, Head> lookup) {
    this.lookup = lookup;
  }

  /// Danger: must not be asked for with unpublished commits of a stream that is not in here, which
  /// [Committer] ensures by calling [#trim] between batches only.
  Head of(StreamName name) {
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

  /// Forgets what was not used for long. Between batches only.
  void trim() {
    if (young.size() > HALF) {
      old = young;
      young = new HashMap<>();
    }
  }
}
