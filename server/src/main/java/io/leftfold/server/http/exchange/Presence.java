// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/// Whether whoever asked still waits for the answer.
public final class Presence {

  private final CountDownLatch gone = new CountDownLatch(1);
  private final Queue<Runnable> listeners = new ConcurrentLinkedQueue<>();

  /// Somebody who waits.
  public Presence() {}

  /// The caller waits no more.
  void end() {
    gone.countDown();
    listeners.forEach(Runnable::run);
  }

  /// Whether nobody waits any more.
  ///
  /// @return as of this moment
  public boolean isGone() {
    return gone.getCount() == 0;
  }

  /// Calls something when nobody waits any more; at once, if that is so.
  ///
  /// @param once what to call; perhaps twice
  public void onGone(Runnable once) {
    listeners.add(once);
    if (isGone()) {
      once.run();
    }
  }
}
