// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes guessing slow: after a few failures each next attempt is heard later, by user and by
/// address.
///
/// An attempt counts as a failure from its beginning until it has succeeded, so that many at once
/// are no way around. Who has logged in before from the same address is counted apart from
/// strangers, so that those who guess at a user's password, or from a user's address, do not lock
/// the user out.
final class FailedLogins {

  private static final int FREE_OF_USER = 5;
  private static final int FREE_OF_PEER = 20;
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);
  private static final int DOUBLINGS_MAX = 10;
  private static final int ENTRIES_MAX = 10_000;

  private final Clock clock;
  private final Map<Key, Failures> failures = lately();
  private final Map<Key, Boolean> familiar = lately();

  FailedLogins(Clock clock) {
    this.clock = clock;
  }

  /// Whose failures are counted.
  private sealed interface Key {
    int free();

    record OfPair(String user, String peer) implements Key {
      @Override
      public int free() {
        return FREE_OF_USER;
      }
    }

    record OfUser(String user) implements Key {
      @Override
      public int free() {
        return FREE_OF_USER;
      }
    }

    record OfPeer(String peer) implements Key {
      @Override
      public int free() {
        return FREE_OF_PEER;
      }
    }
  }

  /// How many there were, and when the last began.
  private record Failures(int count, Instant last) {
    boolean isHeard(int free, Instant now) {
      if (count < free) {
        return true;
      }
      var wait = FIRST_WAIT.multipliedBy(1L << Math.min(count - free, DOUBLINGS_MAX));
      return !now.isBefore(last.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT));
    }

    boolean isForgotten(Instant now) {
      return last.plus(FORGOTTEN_AFTER).isBefore(now);
    }
  }

  /// Begins an attempt, if it is heard.
  synchronized boolean begin(String user, String peer) {
    var now = clock.instant();
    var keys = keys(user, peer);
    for (var key : keys) {
      var known = failures.get(key);
      if (known != null && !known.isHeard(key.free(), now)) {
        return false;
      }
    }
    for (var key : keys) {
      var known = failures.get(key);
      var before = known == null || known.isForgotten(now) ? 0 : known.count;
      failures.put(key, new Failures(before + 1, now));
    }
    return true;
  }

  /// The attempt was none at guessing.
  synchronized void succeeded(String user, String peer) {
    for (var key : keys(user, peer)) {
      failures.computeIfPresent(
          key, (_, known) -> known.count == 1 ? null : new Failures(known.count - 1, known.last));
    }
    var pair = new Key.OfPair(user, peer);
    failures.remove(pair);
    familiar.put(pair, true);
  }

  /// How many are remembered.
  synchronized int remembered() {
    return failures.size();
  }

  private List<Key> keys(String user, String peer) {
    var pair = new Key.OfPair(user, peer);
    return familiar.containsKey(pair)
        ? List.of(pair)
        : List.of(new Key.OfUser(user), new Key.OfPeer(peer));
  }

  /// Forgets what was not used for the longest time.
  private static <V> Map<Key, V> lately() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<Key, V> eldest) {
        return size() > ENTRIES_MAX;
      }
    };
  }
}
