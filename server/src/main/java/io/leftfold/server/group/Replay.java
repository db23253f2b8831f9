// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.ResolvedEvent;
import java.util.LinkedHashSet;
import java.util.SortedSet;
import java.util.TreeSet;

/// How far the replay of parked events is: which were asked for, which are on their way again, and
/// which are done and to be taken out of the parked ones.
final class Replay {

  private final LinkedHashSet<Entry> undone = new LinkedHashSet<>();
  private TreeSet<Long> done = new TreeSet<>();

  /// How many of those that are done are still being taken out of the parked ones.
  private int removing;

  private int asked;
  private boolean reads;

  void begin() {
    reads = true;
  }

  /// Somebody reads them from now on, and was asked for none yet.
  void readingBegins() {
    asked = 0;
  }

  /// There are no more.
  void readingEnded() {
    reads = false;
    asked = 0;
  }

  boolean isGoingOn() {
    return reads || !undone.isEmpty();
  }

  /// How many more to ask for, where there is room for so many.
  int ask(int room, int batch) {
    var more = room - asked - removing;
    if (!reads || more < batch) {
      return 0;
    }
    asked += more;
    return more;
  }

  /// A parked event that is handed out again.
  Entry add(ResolvedEvent event, long parkedAt) {
    asked = Math.max(0, asked - 1);
    var entry = Entry.replayed(event, parkedAt);
    undone.add(entry);
    return entry;
  }

  /// A parked event whose target is gone: nobody can handle it any more.
  void gone(long parkedAt) {
    asked = Math.max(0, asked - 1);
    done.add(parkedAt);
  }

  void done(Entry entry) {
    undone.remove(entry);
    done.add(entry.parkedAt);
  }

  /// Takes those that are done since the last time.
  SortedSet<Long> takeDone() {
    if (done.isEmpty()) {
      return done;
    }
    var taken = done;
    done = new TreeSet<>();
    removing += taken.size();
    return taken;
  }

  /// So many of them are taken out of the parked ones, or stay there.
  void removed(int events) {
    removing -= events;
  }

  /// How many are on their way.
  int count() {
    return undone.size();
  }
}
