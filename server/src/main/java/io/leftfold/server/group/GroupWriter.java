// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.StreamState;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Writes what a group has to write, in order, on a thread of its own; links to parked events that
/// wait by then in one go. Owns what is known of the parked events.
///
/// What waits here is bounded by who asks, however long a write takes: there is one checkpoint at a
/// time, and the core hands out no more events while those that are to be parked, or to be taken
/// out of the parked ones, are as many as its buffer may hold. What is known of the parked events
/// is as large as the gaps that replays leave: events on their way again, of which there are no
/// more than buffers hold, and those between chosen ones ([ParkedReading]).
final class GroupWriter implements Runnable {

  private static final System.Logger LOGGER = System.getLogger(GroupWriter.class.getName());

  /// How many links are written in one commit.
  private static final int PARKS_MAX = 256;

  private final GroupId id;
  private final GroupStreams streams;
  private final BlockingQueue<Work> queue = new LinkedBlockingQueue<>();

  /// The first parked event that is left, as far as is known.
  private long first;

  private Ranges replayed = new Ranges();
  private boolean noted;
  private boolean failing;
  private volatile long parked;

  /// What is to be written, and who is told when it was or was not.
  private sealed interface Work {
    record Park(GroupStreams.ToPark event, Told told) implements Work {}

    record Checkpoint(long place, Told told) implements Work {}

    record Replayed(SortedSet<Long> parkedAt, Told told) implements Work {}

    record Truncate(long before, Told told) implements Work {}

    record Look(Looked looked, Told told) implements Work {}

    record End(Runnable then) implements Work {}
  }

  /// Is told on the writing thread.
  interface Told {
    void written();

    void failed(RuntimeException reason);

    /// Is told the same, whether it was written or not.
    static Told anyway(Runnable then) {
      return new Told() {
        @Override
        public void written() {
          then.run();
        }

        @Override
        public void failed(RuntimeException reason) {
          then.run();
        }
      };
    }
  }

  /// Sees which events are parked.
  interface Looked {
    /// They were looked at.
    ///
    /// @param from the first one
    /// @param end behind the last one
    /// @param without those between that were replayed
    void parked(long from, long end, Ranges without);
  }

  GroupWriter(GroupId id, GroupStreams streams) {
    this.id = id;
    this.streams = streams;
  }

  void park(GroupStreams.ToPark event, Told told) {
    queue.add(new Work.Park(event, told));
  }

  void checkpoint(long place, Told told) {
    queue.add(new Work.Checkpoint(place, told));
  }

  /// Takes replayed events out of the parked ones. Where that fails, they stay parked.
  void replayed(SortedSet<Long> parkedAt, Told told) {
    queue.add(new Work.Replayed(parkedAt, told));
  }

  /// Takes the first parked events out.
  void truncate(long before, Told told) {
    queue.add(new Work.Truncate(before, told));
  }

  /// Looks which events are parked, behind all that was asked for before.
  void look(Looked looked, Told told) {
    queue.add(new Work.Look(looked, told));
  }

  /// Ends, behind all that was asked for before.
  void end(Runnable then) {
    queue.add(new Work.End(then));
  }

  /// How many events are parked.
  long parked() {
    return parked;
  }

  @Override
  public void run() {
    var waiting = new ArrayList<Work>();
    try {
      while (true) {
        waiting.add(queue.take());
        queue.drainTo(waiting);
        for (var i = 0; i < waiting.size(); ) {
          if (waiting.get(i) instanceof Work.End(var then)) {
            then.run();
            return;
          }
          i += write(waiting.subList(i, waiting.size()));
        }
        waiting.clear();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Writes the first of these, and what can go with it.
  ///
  /// @return how many were written
  private int write(List<Work> waiting) {
    switch (waiting.getFirst()) {
      case Work.Park _ -> {
        var parks =
            waiting.stream()
                .limit(PARKS_MAX)
                .takeWhile(Work.Park.class::isInstance)
                .map(Work.Park.class::cast)
                .toList();
        park(parks);
        return parks.size();
      }
      case Work.Checkpoint(var place, var told) ->
          telling(told, "its checkpoint", () -> streams.writeCheckpoint(place));
      case Work.Replayed(var parkedAt, var told) ->
          telling(
              told, "which parked events were replayed; those stay parked", () -> remove(parkedAt));
      case Work.Truncate(var before, var told) ->
          telling(told, "up to where parked events are truncated", () -> removeBelow(before));
      case Work.Look(var looked, var told) ->
          telling(
              told,
              "or read which events are parked",
              () -> {
                var end = refresh();
                looked.parked(first, end, Ranges.copyOf(replayed));
              });
      case Work.End _ -> throw new IllegalStateException("The end is nothing to write");
    }
    return 1;
  }

  private void telling(Told told, String what, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      complain(what, e);
      told.failed(e);
      return;
    }
    failing = false;
    told.written();
  }

  private void park(List<Work.Park> parks) {
    try {
      streams.park(parks.stream().map(Work.Park::event).toList());
    } catch (RuntimeException e) {
      complain("links to parked events, and will try again", e);
      parks.forEach(park -> park.told().failed(e));
      return;
    }
    failing = false;
    parks.forEach(park -> park.told().written());
    try {
      refresh();
    } catch (RuntimeException e) {
      complain("or read how many events are parked", e);
    }
  }

  /// Says what cannot be written, once until something can: a full disk lasts, and groups are many.
  private void complain(String what, RuntimeException reason) {
    if (!failing) {
      failing = true;
      LOGGER.log(
          System.Logger.Level.WARNING,
          "Group {0} cannot write {1}: {2}",
          id,
          what,
          reason.getMessage());
    }
  }

  /// Finds out what is parked.
  ///
  /// @return behind the last one
  long refresh() {
    var end = 0L;
    if (streams.parked() instanceof StreamState.Present(var visible, var last)) {
      end = last + 1;
      first = Math.max(first, Math.min(visible, end));
      if (!noted) {
        replayed = streams.replayed(first, last);
        noted = true;
      }
    }
    replayed.removeBelow(first);
    parked = Math.max(0, end - first - replayed.count());
    return end;
  }

  private void remove(SortedSet<Long> parkedAt) {
    refresh();
    parkedAt.forEach(replayed::add);
    var before = replayed.firstMissing(first);
    replayed.removeBelow(before);
    // In this order: what is noted and truncated is removed, what is neither would come back.
    if (before > first) {
      truncate(before);
    }
    if (!replayed.isEmpty()) {
      streams.writeReplayed(replayed);
    }
    refresh();
  }

  private void removeBelow(long before) {
    var end = refresh();
    var below = Math.min(before, end);
    if (below > first) {
      truncate(below);
    }
    refresh();
  }

  private void truncate(long before) {
    streams.truncateParked(before);
    first = before;
  }
}
