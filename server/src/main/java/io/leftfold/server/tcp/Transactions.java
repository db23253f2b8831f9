// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.tcp.TransactionCommitCompleted;
import io.leftfold.server.node.TooManyEventsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The transactions that were started and are not over, of all connections: a client may go on with
/// one over another connection than it began.
///
/// They are in memory until they are committed, which is one append; so a transaction is recorded
/// whole or not at all, and those that are open when the node ends are gone. Ids are by chance: one
/// of another run names none of this run.
///
/// What was committed is remembered for as long as it is not in the way, so that a client that has
/// not heard its answer hears it again. Used by any thread.
final class Transactions {

  /// How many there may be, and for how long one is kept that nobody uses.
  static final int OPEN_MAX = 1024;

  static final Duration IDLE_MAX = Duration.ofMinutes(10);

  private final WireEvents.Limits limits;
  private final long bytesMax;
  private final LongSupplier ids;
  private final LongSupplier nanoTime;

  /// In the order in which they were used last.
  private final LinkedHashMap<Long, Open> open = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;

  /// @param bytesMax what the events of all may take
  /// @param ids any numbers, none twice
  /// @param nanoTime as [System#nanoTime()]
  Transactions(WireEvents.Limits limits, long bytesMax, LongSupplier ids, LongSupplier nanoTime) {
    this.limits = limits;
    this.bytesMax = bytesMax;
    this.ids = ids;
    this.nanoTime = nanoTime;
  }

  private static final class Open {
    private final StreamName stream;
    private final ExpectedState expected;
    private final List<ProposedEvent> events = new ArrayList<>();
    private final Set<UUID> known = new HashSet<>();
    private long bytes;
    private long usedNanos;
    private int commits;
    private @Nullable TransactionCommitCompleted committed;

    Open(StreamName stream, ExpectedState expected) {
      this.stream = stream;
      this.expected = expected;
    }
  }

  /// What a transaction is about.
  ///
  /// @param events a copy of those that are in it
  /// @param committed what was answered, if it has been committed
  record Content(
      StreamName stream,
      ExpectedState expected,
      List<ProposedEvent> events,
      Optional<TransactionCommitCompleted> committed) {}

  /// Starts one.
  ///
  /// @return its id
  /// @throws UnavailableException if there are too many
  synchronized long start(StreamName stream, ExpectedState expected) {
    forgetIdle();
    if (open.size() >= OPEN_MAX && !forgetCommitted()) {
      throw new UnavailableException(
          UnavailableException.Reason.TOO_BUSY,
          "%d transactions are open, as many as may be".formatted(OPEN_MAX));
    }
    var transaction = new Open(stream, expected);
    transaction.usedNanos = nanoTime.getAsLong();
    var id = ids.getAsLong();
    while (open.containsKey(id)) {
      id = ids.getAsLong();
    }
    open.put(id, transaction);
    return id;
  }

  /// The stream that one is about.
  ///
  /// @return empty if there is none with this id
  synchronized Optional<StreamName> stream(long id) {
    return used(id).map(transaction -> transaction.stream);
  }

  /// What one is about that somebody begins to commit. Nothing can be added until it is told how
  /// that ended: [#committed], [#refused] or [#failed].
  ///
  /// @return empty if there is none with this id
  synchronized Optional<Content> seal(long id) {
    return used(id)
        .map(transaction -> {
          transaction.commits++;
          return new Content(
              transaction.stream,
              transaction.expected,
              List.copyOf(transaction.events),
              Optional.ofNullable(transaction.committed));
        });
  }

  /// Adds events. Those of a request that was sent again are not added again.
  ///
  /// @return false if there is none with this id, or somebody has begun to commit it
  /// @throws LimitExceededException if they are too many bytes for one append
  /// @throws TooManyEventsException if they are too many for one append
  /// @throws UnavailableException if all transactions together are too large
  synchronized boolean add(long id, List<ProposedEvent> events) {
    var transaction = used(id).orElse(null);
    if (transaction == null || transaction.commits > 0) {
      return false;
    }
    if (!events.isEmpty()
        && events.stream().allMatch(event -> transaction.known.contains(event.id()))) {
      return true;
    }
    var more = WireEvents.memoryOf(events);
    if (transaction.events.size() + events.size() > TooManyEventsException.EVENTS_MAX) {
      throw new TooManyEventsException(limits.appendBytesMax());
    }
    if (transaction.bytes + more > limits.appendBytesMax()) {
      throw LimitExceededException.append(transaction.bytes + more, limits.appendBytesMax());
    }
    if (bytes + more > bytesMax) {
      throw new UnavailableException(
          UnavailableException.Reason.TOO_BUSY,
          "Open transactions have %d bytes, and may have %d".formatted(bytes, bytesMax));
    }
    transaction.events.addAll(events);
    events.forEach(event -> transaction.known.add(event.id()));
    transaction.bytes += more;
    bytes += more;
    return true;
  }

  /// One was committed.
  synchronized void committed(long id, TransactionCommitCompleted answer) {
    used(id)
        .ifPresent(transaction -> {
          transaction.committed = answer;
          release(transaction);
        });
  }

  /// A commit came to nothing, and another one may succeed: the transaction is as it was before.
  synchronized void refused(long id) {
    used(id).ifPresent(transaction -> transaction.commits--);
  }

  /// One cannot be committed any more.
  synchronized void failed(long id) {
    var transaction = open.remove(id);
    if (transaction != null) {
      release(transaction);
    }
  }

  private Optional<Open> used(long id) {
    var found = Optional.ofNullable(open.get(id));
    found.ifPresent(transaction -> transaction.usedNanos = nanoTime.getAsLong());
    return found;
  }

  private void release(Open transaction) {
    bytes -= transaction.bytes;
    transaction.bytes = 0;
    transaction.events.clear();
    transaction.known.clear();
  }

  private void forgetIdle() {
    var now = nanoTime.getAsLong();
    while (!open.isEmpty() && now - open.firstEntry().getValue().usedNanos > IDLE_MAX.toNanos()) {
      release(open.pollFirstEntry().getValue());
    }
  }

  private boolean forgetCommitted() {
    var oldest =
        open.entrySet().stream().filter(entry -> entry.getValue().committed != null).findFirst();
    oldest.ifPresent(entry -> open.remove(entry.getKey()));
    return oldest.isPresent();
  }

  /// How many there are, with those that are remembered.
  synchronized int size() {
    return open.size();
  }

  /// What their events take.
  synchronized long bytes() {
    return bytes;
  }
}
