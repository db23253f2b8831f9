// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.server.edge.GrpcCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// A thread that answers calls: all that wait, one after the other. It stands for the store's
/// writer, which answers from a thread of its own too, and does nothing else of what that does.
final class OtherThread {

  private final Object lock = new Object();
  private List<Runnable> waiting = new ArrayList<>();

  OtherThread() {
    var started = Thread.ofPlatform().daemon().name("other-thread").start(this::run);
    assert started.isDaemon();
  }

  void answer(GrpcCall call, byte[] message) {
    Runnable answer = () -> call.sendLast(message, 0, message.length);
    synchronized (lock) {
      waiting.add(() -> call.execute(answer));
      if (waiting.size() == 1) {
        lock.notifyAll();
      }
    }
  }

  private void run() {
    var taken = new ArrayDeque<Runnable>();
    try {
      while (true) {
        synchronized (lock) {
          while (waiting.isEmpty()) {
            lock.wait();
          }
          taken.addAll(waiting);
          waiting = new ArrayList<>(waiting.size());
        }
        while (!taken.isEmpty()) {
          taken.remove().run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
