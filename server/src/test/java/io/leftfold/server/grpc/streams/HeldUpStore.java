// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.node.UnderWay;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/// A store whose writer hangs as long as a test wants it, as it does with its disk, and the time
/// for which somebody waits.
public final class HeldUpStore implements AutoCloseable {

  private final AtomicReference<CountDownLatch> held = new AtomicReference<>(new CountDownLatch(0));
  private final AtomicLong nanos = new AtomicLong();
  private final LocalEventStore store =
      LocalEventStore.inMemory(
          EngineOptions.defaults()
              .withClock(
                  new Clock() {
                    @Override
                    public Instant instant() {
                      await();
                      return Instant.EPOCH;
                    }

                    @Override
                    public ZoneOffset getZone() {
                      return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                      return this;
                    }
                  }));
  private final UnderWay underWay = new UnderWay(Duration.ofSeconds(10), nanos::get);

  private void await() {
    try {
      held.get().await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  public LocalEventStore store() {
    return store;
  }

  public UnderWay underWay() {
    return underWay;
  }

  /// From now on nothing is recorded.
  public void hold() {
    held.set(new CountDownLatch(1));
  }

  public void release() {
    held.get().countDown();
  }

  /// Time passes, and those who have waited too long are told.
  public void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
    underWay.look();
  }

  @Override
  public void close() {
    release();
    store.close();
  }
}
