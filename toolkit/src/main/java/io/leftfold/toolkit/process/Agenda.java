// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.process.Timers.Running;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.function.Predicate;

/// What is to be done for all instances: a fold of their streams, made again with each start, from
/// the last [AgendaCheckpoint] on. It only says where to look; whoever does something looks at the
/// instance first.
///
/// For one thread.
final class Agenda {

  private static final long BEFORE_ALL = -1;

  private final Map<LaneName, Lane> lanes = new HashMap<>();
  private final Map<CommandId, LaneName> laneOf = new HashMap<>();

  /// Of commands that are to be tried again, and of no others.
  private final Map<CommandId, Attempts> attempts = new HashMap<>();

  private final ArrayDeque<Lane> ready = new ArrayDeque<>();
  private final PriorityQueue<Pause> pauses =
      new PriorityQueue<>(Comparator.comparing(Pause::until));

  /// Each with the position of what changed it.
  private final Map<String, Long> changed = new LinkedHashMap<>();

  private final Timers timers;
  private Census census = Census.NOBODY;

  private record LaneName(String instance, String lane) {}

  private record Pause(Lane lane, Instant until) {}

  /// A command that is not settled. One that was settled and is open again is another one.
  ///
  /// @param revision at which it was issued
  /// @param position of that
  /// @param opened the revision since which it is open
  record Open(String instance, CommandId id, long revision, long position, long opened) {

    private static Open issued(String instance, CommandId id, RecordedEvent issued) {
      return new Open(instance, id, issued.revision(), issued.position(), issued.revision());
    }

    private static Open of(String instance, Instance.Issue issue) {
      var issued = issue.command();
      return new Open(instance, issue.id(), issued.revision(), issued.position(), issue.opened());
    }
  }

  /// The commands of one instance that wait for each other.
  static final class Lane {
    private final LaneName name;
    private final TreeMap<Long, Open> commands = new TreeMap<>();
    private boolean busy;

    private Lane(LaneName name) {
      this.name = name;
    }

    Open first() {
      return commands.firstEntry().getValue();
    }
  }

  Agenda(int timersMax) {
    timers = new Timers(timersMax);
  }

  Timers timers() {
    return timers;
  }

  int openCommands() {
    return laneOf.size();
  }

  // ---- folding

  /// Takes an event of the stream of an instance.
  void take(String instance, RecordedEvent event) {
    Entry entry;
    try {
      entry = EntryFormat.read(ResolvedEvent.plain(event));
    } catch (UnreadableEventException _) {
      return; // whoever reads the instance meets it
    }
    census = census.plus(entry, event);
    switch (entry) {
      case Entry.Issued(var id, var lane, _) -> issue(lane, Open.issued(instance, id, event));
      case Entry.Settled(var id, _, _) -> settle(id);
      case Entry.TimerStarted _, Entry.TimerCancelled _, Entry.TimerFired _ ->
          takeTimer(instance, entry, event, _ -> true);
      case Entry.Resumed _, Entry.Skipped _, Entry.Retried _, Entry.Handled _ ->
          changed.putIfAbsent(instance, event.position());
      case Entry.Parked _, Entry.Received _, Entry.Completed _ -> {}
    }
  }

  /// Takes what it says about timers, and nothing else.
  void takeTimer(String instance, RecordedEvent event, Predicate<Running> wanted) {
    try {
      takeTimer(instance, EntryFormat.read(ResolvedEvent.plain(event)), event, wanted);
    } catch (UnreadableEventException _) {
      // Whoever reads the instance meets it.
    }
  }

  private void takeTimer(
      String instance, Entry entry, RecordedEvent event, Predicate<Running> wanted) {
    switch (entry) {
      case Entry.TimerStarted(var timer, var due) -> {
        var running = new Running(instance, timer, due, event.revision(), event.position());
        if (wanted.test(running)) {
          timers.start(running);
        } else {
          timers.stop(instance, timer);
        }
      }
      case Entry.TimerCancelled(var timer) -> timers.stop(instance, timer);
      case Entry.TimerFired(var timer, _, _, _) -> timers.stop(instance, timer);
      case Entry.Received _,
          Entry.Issued _,
          Entry.Settled _,
          Entry.Parked _,
          Entry.Resumed _,
          Entry.Skipped _,
          Entry.Retried _,
          Entry.Handled _,
          Entry.Completed _ -> {}
    }
  }

  private void issue(String laneName, Open command) {
    var name = new LaneName(command.instance(), laneName);
    if (laneOf.putIfAbsent(command.id(), name) != null) {
      return;
    }
    var lane = lanes.computeIfAbsent(name, Lane::new);
    lane.commands.put(command.revision(), command);
    if (lane.commands.size() == 1 && !lane.busy) {
      ready.add(lane);
    }
  }

  private void settle(CommandId id) {
    attempts.remove(id);
    var name = laneOf.remove(id);
    if (name == null) {
      return;
    }
    var lane = lanes.get(name);
    if (lane == null) {
      return;
    }
    if (lane.commands.isEmpty()) {
      return;
    }
    lane.commands.values().removeIf(command -> command.id().equals(id));
    if (lane.commands.isEmpty() && !lane.busy) {
      forget(lane);
    }
  }

  private void forget(Lane lane) {
    lanes.remove(lane.name);
    ready.remove(lane);
    pauses.removeIf(pause -> pause.lane() == lane);
  }

  // ---- what to do

  /// A lane whose first command may be given to its target; it is busy until [#put].
  Optional<Lane> takeReady(Instant now) {
    while (!pauses.isEmpty() && !pauses.peek().until().isAfter(now)) {
      ready.add(pauses.remove().lane());
    }
    var lane = ready.poll();
    if (lane == null) {
      return Optional.empty();
    }
    lane.busy = true;
    return Optional.of(lane);
  }

  /// Gives a lane back of which a command is settled. That may be open again by now.
  void putSettled(Lane lane, Open command) {
    if (lane.commands.remove(command.revision(), command)) {
      attempts.remove(command.id());
      laneOf.remove(command.id());
    }
    putBack(lane);
  }

  /// Gives a lane back whose first command has to be tried again.
  void putBack(Lane lane, Open command, Attempts made, Instant until) {
    if (command.equals(lane.commands.get(command.revision()))) {
      attempts.put(command.id(), made);
      lane.busy = false;
      pauses.add(new Pause(lane, until));
    } else { // somebody else has settled it, and perhaps opened it again
      putBack(lane);
    }
  }

  /// What was tried with a command that is to be tried again.
  Attempts attempts(Open command) {
    return attempts.getOrDefault(command.id(), Attempts.NONE);
  }

  private void putBack(Lane lane) {
    lane.busy = false;
    if (lane.commands.isEmpty()) {
      lanes.remove(lane.name);
    } else {
      ready.add(lane);
    }
  }

  /// When a command is to be tried again.
  Optional<Instant> wakeAt() {
    return Optional.ofNullable(pauses.peek()).map(Pause::until);
  }

  /// How many commands wait to be tried again.
  int retrying() {
    return pauses.size();
  }

  Census census() {
    return census;
  }

  boolean isReady() {
    return !ready.isEmpty();
  }

  /// An instance at which somebody has to look, because more may be open now.
  Optional<String> nextChanged() {
    return changed.keySet().stream().findFirst();
  }

  /// Takes what is open in an instance.
  ///
  /// @return whether it has to be looked at again
  boolean look(Instance<?, ?, ?> instance) {
    for (var issue : instance.open().values()) {
      issue(issue.lane(), Open.of(instance.name(), issue));
    }
    if (!instance.isHolding()) {
      for (var timer : instance.timers().values()) {
        timers.start(
            new Running(
                instance.name(), timer.name(), timer.due(), timer.started(), timer.position()));
      }
    }
    return instance.nextHeld().isPresent();
  }

  void done(String instance) {
    changed.remove(instance);
  }

  // ---- checkpoints

  /// Begins behind a checkpoint; the instances that it names are to follow.
  void begin(AgendaCheckpoint checkpoint) {
    census = checkpoint.census();
  }

  /// Takes an instance that a checkpoint names.
  void recall(Instance<?, ?, ?> instance) {
    if (look(instance)) {
      changed.put(instance.name(), BEFORE_ALL);
    }
  }

  /// Where the next start may begin.
  ///
  /// @param last the position of the last entry that was taken
  /// @param instancesMax how many instances may be named
  AgendaCheckpoint checkpoint(long last, int instancesMax) {
    var oldest = new HashMap<String, Long>(changed);
    for (var lane : lanes.values()) {
      lane.commands
          .values()
          .forEach(open -> oldest.merge(open.instance(), open.position(), Math::min));
    }
    timers.forEach(timer -> oldest.merge(timer.instance(), timer.position(), Math::min));
    var inOrder = oldest.entrySet().stream().sorted(Map.Entry.comparingByValue()).toList();
    var unnamed =
        inOrder.size() <= instancesMax ? Long.MAX_VALUE : inOrder.get(instancesMax).getValue();
    var position = Math.min(last, Math.min(unnamed, timers.unknownFrom()) - 1);
    return new AgendaCheckpoint(
        position,
        inOrder.stream()
            .filter(instance -> instance.getValue() <= position)
            .map(Map.Entry::getKey)
            .toList(),
        census);
  }
}
