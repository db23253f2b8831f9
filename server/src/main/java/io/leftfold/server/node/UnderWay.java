// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.LeftfoldException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/// Writes that are under way. Who waits for one is told when it takes too long, as it does while a
/// disk hangs; the write itself goes on, and may be recorded yet.
///
/// All of them are looked at now and then, so that a write costs no timer of its own.
public final class UnderWay {

  private final Duration atMost;
  private final LongSupplier nanoTime;
  private final Set<Write> writes = ConcurrentHashMap.newKeySet();

  /// None yet.
  ///
  /// @param atMost how long anybody waits
  /// @param nanoTime as [System#nanoTime()]
  public UnderWay(Duration atMost, LongSupplier nanoTime) {
    this.atMost = atMost;
    this.nanoTime = nanoTime;
  }

  /// How long anybody waits.
  ///
  /// @return the same for all writes
  public Duration atMost() {
    return atMost;
  }

  /// Begins a write.
  ///
  /// @param late called at most once, on some thread, when it takes too long: hands over and
  ///   returns
  /// @param completion told how it ended, be it late or not
  /// @param write begins it, and has what it is given told
  public void during(Runnable late, Completion completion, Consumer<Completion> write) {
    during(atMost, late, completion, write);
  }

  /// Begins a write for which somebody waits less long, perhaps.
  ///
  /// @param patience how long
  /// @param late called at most once, on some thread, when it takes too long: hands over and
  ///   returns
  /// @param completion told how it ended, be it late or not
  /// @param write begins it, and has what it is given told
  public void during(
      Duration patience, Runnable late, Completion completion, Consumer<Completion> write) {
    var shorter = patience.compareTo(atMost) < 0 ? patience : atMost;
    var begun = new Write(nanoTime.getAsLong() + shorter.toNanos(), late, completion);
    writes.add(begun);
    try {
      write.accept(begun);
    } catch (RuntimeException e) {
      writes.remove(begun);
      throw e;
    }
  }

  /// Tells those who have waited too long.
  public void look() {
    var now = nanoTime.getAsLong();
    var late = writes.stream().filter(write -> now - write.due >= 0).toList();
    for (var write : late) {
      if (writes.remove(write)) {
        write.late.run();
      }
    }
  }

  private final class Write implements Completion {
    private final long due;
    private final Runnable late;
    private final Completion completion;

    Write(long due, Runnable late, Completion completion) {
      this.due = due;
      this.late = late;
      this.completion = completion;
    }

    @Override
    public void completed(AppendResult result) {
      writes.remove(this);
      completion.completed(result);
    }

    @Override
    public void failed(LeftfoldException reason) {
      writes.remove(this);
      completion.failed(reason);
    }
  }
}
