// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.channel.EventLoop;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// One event loop: its calls, what other threads want of it, and what its calls have to send.
///
/// Everything happens in *turns*. A turn begins with something from the network or with tasks that
/// other threads queued; at its end each call that has sent something writes it, in one piece. All
/// tasks that are queued by then run in one turn: waking a loop and writing to a socket cost more
/// than most tasks. But not for longer than 2 ms, and for 2 ms more *slices* of work that goes on
/// and on; then the network is looked at. So whoever asks for little does not stand in the line of
/// those who read much.
///
/// Only [#execute] and [#openCalls] may be called by other threads.
final class Loop implements Executor {

  /// The pieces in which small messages travel.
  static final int CHUNK_BYTES = 32 * 1024;

  private static final int CHUNKS_KEPT_MAX = 128;
  private static final long TURN_NANOS_MAX = 2_000_000;

  private final EventLoop eventLoop;
  private final Queue<Runnable> tasks = PlatformDependent.newMpscQueue();
  private final ArrayDeque<Runnable> slices = new ArrayDeque<>();
  private final AtomicBoolean awake = new AtomicBoolean();
  private final AtomicInteger openCalls = new AtomicInteger();
  private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
  private final ArrayList<Conversation> unwritten = new ArrayList<>();

  /// Those of whose message a part has come.
  private final Set<Conversation> arriving = new HashSet<>();

  /// The open calls, linked through themselves.
  private @Nullable Http2Call first;

  private int depth;

  Loop(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    wake();
  }

  /// Runs a slice of long work after the tasks of a turn, in the order in which slices came. Called
  /// on the loop.
  void slice(Runnable slice) {
    slices.add(slice);
    wake();
  }

  private void wake() {
    if (awake.get() || !awake.compareAndSet(false, true)) {
      return;
    }
    try {
      eventLoop.execute(this::runTurn);
    } catch (RejectedExecutionException _) {
      // The loop has ended, and its calls with it: nobody waits for these tasks.
      tasks.clear();
    }
  }

  private void runTurn() {
    enter();
    try {
      run(tasks);
      run(slices);
    } finally {
      exit();
      awake.set(false);
      // A task that came in between saw the loop awake.
      if (!(tasks.isEmpty() && slices.isEmpty()) && awake.compareAndSet(false, true)) {
        runTurnAfterNetwork();
      }
    }
  }

  private static void run(Queue<Runnable> queue) {
    var until = System.nanoTime() + TURN_NANOS_MAX;
    for (var next = queue.poll(); next != null; next = queue.poll()) {
      next.run();
      if (System.nanoTime() - until >= 0) {
        return;
      }
    }
  }

  /// What is executed by a task of Netty's loop runs before the network is looked at, for up to a
  /// second if it goes on so. What is scheduled runs after.
  private void runTurnAfterNetwork() {
    try {
      var _ = eventLoop.schedule(this::runTurn, 0, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      tasks.clear();
    }
  }

  /// A turn begins, or something within one.
  void enter() {
    depth++;
  }

  /// What [#enter] began is over; at the end of the turn, calls write.
  void exit() {
    if (--depth == 0) {
      writeAll();
    }
  }

  private void writeAll() {
    // Writing may make calls send more.
    for (var i = 0; i < unwritten.size(); i++) {
      unwritten.get(i).write();
    }
    unwritten.clear();
  }

  /// The call writes at the end of this turn, or sooner.
  void writeLater(Conversation call) {
    unwritten.add(call);
    if (unwritten.size() == CHUNKS_KEPT_MAX && depth > 0) {
      writeAll(); // before very many calls hold a chunk each
    }
    if (depth == 0) {
      execute(() -> {});
    }
  }

  Future<?> schedule(Runnable task, Duration delay) {
    return eventLoop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Has calls looked at whose message is arriving, once a period.
  void checkArrivals(Duration period) {
    var _ =
        eventLoop.scheduleAtFixedRate(
            () -> List.copyOf(arriving).forEach(call -> call.checkArrival(period)),
            period.toNanos(),
            period.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  void watch(Conversation call) {
    arriving.add(call);
  }

  void unwatch(Conversation call) {
    arriving.remove(call);
  }

  void requireInside() {
    if (!eventLoop.inEventLoop()) {
      throw new IllegalStateException(
          "A call is answered on its event loop, but this is thread %s. Use call.execute(…)"
              .formatted(Thread.currentThread().getName()));
    }
  }

  /// An array of [#CHUNK_BYTES].
  byte[] takeChunk() {
    var chunk = chunks.poll();
    return chunk != null ? chunk : new byte[CHUNK_BYTES];
  }

  /// Takes an array back that nobody reads any more.
  void giveBack(byte[] chunk) {
    if (chunks.size() < CHUNKS_KEPT_MAX) {
      chunks.push(chunk);
    }
  }

  void opened(Http2Call call) {
    openCalls.incrementAndGet();
    call.next = first;
    if (first != null) {
      first.previous = call;
    }
    first = call;
  }

  void closed(Http2Call call) {
    openCalls.decrementAndGet();
    if (call.previous != null) {
      call.previous.next = call.next;
    } else {
      first = call.next;
    }
    if (call.next != null) {
      call.next.previous = call.previous;
    }
    call.previous = null;
    call.next = null;
  }

  int openCalls() {
    return openCalls.get();
  }

  /// The open calls as they are now.
  Iterable<Http2Call> calls() {
    var all = new ArrayList<Http2Call>();
    for (var call = first; call != null; call = call.next) {
      all.add(call);
    }
    return all;
  }
}
