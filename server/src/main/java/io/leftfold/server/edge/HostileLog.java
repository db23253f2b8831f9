// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// What is said about peers that misbehave, and about handlers that throw: a line each, and not too
/// many of them.
final class HostileLog {

  private static final System.Logger LOG = System.getLogger("io.leftfold.server.edge");
  private static final int LINES_PER_PERIOD = 20;
  private static final int CHARS_MAX = 300;
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// For how long the same is not said again about one machine, and about how many it is known.
  private static final long ONCE_NANOS = TimeUnit.HOURS.toNanos(1);

  private static final int PEERS_MAX = 1024;

  private final LongSupplier nanoTime;
  private final AtomicLong periodStart;
  private final AtomicInteger lines = new AtomicInteger();

  /// When something was said about a machine that is said once.
  private final SequencedMap<String, Long> toldNanos = new LinkedHashMap<>();

  HostileLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.periodStart = new AtomicLong(nanoTime.getAsLong());
  }

  /// A peer did something that it must not.
  void peer(String address, String what) {
    say("Connection from {0} closed: {1}", address, what);
  }

  /// A call did not go on as calls do.
  void call(String address, String what) {
    say("Call from {0} ended: {1}", address, what);
  }

  private void say(String message, String address, String what) {
    if (mayWrite()) {
      LOG.log(
          System.Logger.Level.WARNING,
          message,
          address,
          PercentEncoding.encodeUnprintable(what, CHARS_MAX));
    }
  }

  /// A peer does something that it will do again with each connection: says so once an hour for its
  /// machine.
  void peerOnce(SocketAddress address, String what) {
    var machine =
        address instanceof InetSocketAddress inet ? inet.getHostString() : address.toString();
    if (isNews(machine + what)) {
      peer(address.toString(), what);
    }
  }

  private synchronized boolean isNews(String what) {
    var now = nanoTime.getAsLong();
    var told = toldNanos.get(what);
    if (told != null && now - told < ONCE_NANOS) {
      return false;
    }
    toldNanos.remove(what);
    if (toldNanos.size() == PEERS_MAX) {
      toldNanos.pollFirstEntry();
    }
    toldNanos.put(what, now);
    return true;
  }

  /// A handler threw; that is our fault.
  void bug(String path, Throwable e) {
    if (mayWrite()) {
      LOG.log(System.Logger.Level.ERROR, "The handler of %s failed".formatted(path), e);
    }
  }

  private boolean mayWrite() {
    var now = nanoTime.getAsLong();
    var start = periodStart.get();
    if (now - start >= PERIOD_NANOS && periodStart.compareAndSet(start, now)) {
      var unsaid = lines.getAndSet(0) - LINES_PER_PERIOD;
      if (unsaid > 0) {
        LOG.log(System.Logger.Level.WARNING, "{0} more lines like these were left out", unsaid);
      }
    }
    return lines.incrementAndGet() <= LINES_PER_PERIOD;
  }
}
