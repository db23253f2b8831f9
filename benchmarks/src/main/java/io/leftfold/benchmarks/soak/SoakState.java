// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import java.util.Collection;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/// What writers, readers and followers have in common.
///
/// @param streams all that there are, by name
/// @param kept those that stay for ever, for readers to choose from
/// @param seats how many seats were asked for
record SoakState(
    SoakEvents events,
    Ledger ledger,
    Violations violations,
    Counts counts,
    ConcurrentHashMap<String, SoakStream> streams,
    List<SoakStream> kept,
    AtomicLong seats) {

  static final int WRITERS_MAX = 64;

  static SoakState of(long seed, Violations violations) {
    var events = new SoakEvents(seed);
    return new SoakState(
        events,
        new Ledger(events, violations),
        violations,
        new Counts(),
        new ConcurrentHashMap<>(),
        new CopyOnWriteArrayList<>(),
        new AtomicLong());
  }

  SoakStream add(SoakStream stream) {
    streams.put(stream.name().value(), stream);
    if (stream.retention().isForEver()) {
      kept.add(stream);
    }
    return stream;
  }

  Collection<SoakStream> all() {
    return streams.values();
  }

  SoakStream anyKept(SplittableRandom random) {
    return kept.get(random.nextInt(kept.size()));
  }

  /// Each seat twice, so that two want it.
  long nextSeat() {
    return seats.getAndIncrement() / 2;
  }
}
