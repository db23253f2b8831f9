// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.EventStore;
import io.leftfold.api.UnavailableException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/// Asks a store that is killed now and then: again and again until there is an answer.
final class Calls {

  private static final long BETWEEN_TRIES_NANOS = Duration.ofMillis(100).toNanos();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final EventStore store;
  private final Latencies latencies;
  private final LongAdder unanswered = new LongAdder();

  Calls(EventStore store, Latencies latencies) {
    this.store = store;
    this.latencies = latencies;
  }

  /// The answer to a call that may be repeated.
  <T> T untilAnswered(Latencies.Kind kind, Function<EventStore, T> call) {
    return repeated(store -> {
      var begin = System.nanoTime();
      var answer = call.apply(store);
      latencies.answered(kind, System.nanoTime() - begin);
      return answer;
    });
  }

  /// The same, of what is not measured.
  <T> T repeated(Function<EventStore, T> call) {
    var deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return call.apply(store);
      } catch (UnavailableException e) {
        unanswered.increment();
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("No answer for " + PATIENCE, e);
        }
        LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
      }
    }
  }

  long unanswered() {
    return unanswered.sum();
  }
}
