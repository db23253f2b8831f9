// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import io.leftfold.server.edge.FrameConnection;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/// The reads of one connection, one after the other: a page is made when the one before it has been
/// taken. So a connection has one page in memory, whatever it asks for, and few pages are made at a
/// time, whoever asks.
///
/// On the connection's event loop; a page is made on a thread of its own.
final class Reads {

  private final FrameConnection connection;
  private final ThreadFactory threads;
  private final Semaphore making;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private boolean reading;

  /// @param threads makes a virtual thread for each page
  /// @param making lets so many pages be made at a time, of all connections
  Reads(FrameConnection connection, ThreadFactory threads, Semaphore making) {
    this.connection = connection;
    this.threads = threads;
    this.making = making;
  }

  private record Waiting(Exchange exchange, Supplier<ReadCalls.Answer> page) {}

  /// Makes a page, in its turn.
  void add(Exchange exchange, Supplier<ReadCalls.Answer> page) {
    waiting.add(new Waiting(exchange, page));
    next();
  }

  private void next() {
    if (!reading && !waiting.isEmpty()) {
      reading = true;
      var first = waiting.remove();
      connection.onReady(() -> threads.newThread(() -> make(first.exchange, first.page)).start());
    }
  }

  private void make(Exchange exchange, Supplier<ReadCalls.Answer> page) {
    making.acquireUninterruptibly();
    try {
      var answer = page.get();
      var encoded = exchange.encoded(answer.command(), answer.message());
      connection.execute(() -> through(() -> exchange.answer(encoded)));
    } catch (RuntimeException | Error e) {
      connection.execute(() -> through(() -> Refusal.answer(exchange, e)));
    } finally {
      making.release();
    }
  }

  private void through(Runnable answering) {
    answering.run();
    reading = false;
    next();
  }

  /// Makes none of those that wait.
  void stop() {
    waiting.forEach(each -> each.exchange.end());
    waiting.clear();
  }
}
