// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Makes guessing slow: after a few failures each next one is heard later, by user and by address.
///
/// Who has logged in before from the same address is counted apart from strangers, so that those
/// who guess at a user's password, or from a user's address, do not lock the user out.
final class FailedLogins {

  private static final int FREE = 5;
  private static final Duration FIRST_WAIT = Duration.ofMillis(250);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(15);
  private static final int DOUBLINGS_MAX = 10;
  private static final int ENTRIES_MAX = 10_000;

  private final Clock clock;
  private final Map<Object, Failures> failures = lately();
  private final Map<Pair, Boolean> familiar = lately();

  FailedLogins(Clock clock) {
    this.clock = clock;
  }

  private record Pair(String user, String peer) {}

  private record OfUser(String user) {}

  private record OfPeer(String peer) {}

  /// @param count how many
  /// @param last when the last was
  private record Failures(int count, Instant last) {
    Instant heardAgain() {
      if (count < FREE) {
        return Instant.MIN;
      }
      var wait = FIRST_WAIT.multipliedBy(1L << Math.min(count - FREE, DOUBLINGS_MAX));
      return last.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT);
    }
  }

  /// Whether an attempt is looked at.
  synchronized boolean mayTry(String user, String peer) {
    var now = clock.instant();
    return keys(user, peer).stream()
        .map(failures::get)
        .allMatch(known -> known == null || !now.isBefore(known.heardAgain()));
  }

  synchronized void failed(String user, String peer) {
    var now = clock.instant();
    for (var key : keys(user, peer)) {
      failures.merge(
          key,
          new Failures(1, now),
          (before, _) ->
              before.last.plus(FORGOTTEN_AFTER).isBefore(now)
                  ? new Failures(1, now)
                  : new Failures(before.count + 1, now));
    }
  }

  synchronized void succeeded(String user, String peer) {
    var pair = new Pair(user, peer);
    familiar.put(pair, true);
    failures.remove(pair);
  }

  private List<Object> keys(String user, String peer) {
    var pair = new Pair(user, peer);
    return familiar.containsKey(pair)
        ? List.of(pair)
        : List.of(new OfUser(user), new OfPeer(peer));
  }

  private static <K, V> Map<K, V> lately() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > ENTRIES_MAX;
      }
    };
  }
}
