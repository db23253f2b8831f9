// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.ResolvedEvent;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One group, as a state machine: takes what happened, and says by its [GroupEffects] what is to be
/// done. It reads, writes and waits for nothing itself, so a test owns everything around it.
///
/// **Turns.** Any number of things happen, then [#settle] hands out what can be handed out, asks
/// for more to read and lets checkpoints be written. [#dueAt] says when the next turn is due if
/// nothing happens.
///
/// **Order.** `undone` holds, in the order of reading, every event of the source that is not done.
/// The place in front of its first is the checkpoint.
///
/// Belongs to one thread.
final class GroupCore {

  /// How much is kept of what a consumer says about an event that it cannot handle.
  private static final int REASON_CHARS_MAX = 1_000;

  private final GroupSettings settings;
  private final Clock clock;
  private final GroupEffects effects;
  private final Dispatch dispatch;
  private final Checkpointing checkpointing;

  private final Map<Long, Consumer> consumers = new LinkedHashMap<>();
  private final LinkedHashSet<Entry> undone = new LinkedHashSet<>();
  private final InFlight inFlight;
  private final Delivered delivered = new Delivered();
  private final Parking parking = new Parking();
  private final Replay replay = new Replay();

  /// The last place that was read or looked at; −1 for none.
  private long lastSeen;

  private final Pace pace;
  private boolean live;
  private int ahead;
  private int asked;
  private int retries;
  private long retried;

  /// A group.
  ///
  /// @param after the last place that is done; −1 for none
  GroupCore(GroupSettings settings, long after, Clock clock, GroupEffects effects) {
    this.settings = settings;
    this.clock = clock;
    this.effects = effects;
    this.dispatch = Dispatch.of(settings.strategy());
    this.inFlight = new InFlight(settings.messageTimeout().toMillis());
    this.checkpointing = new Checkpointing(settings, after, clock.millis());
    this.lastSeen = after;
    this.pace = new Pace(clock.millis());
  }

  // ---- what is read

  /// An event of the source, in order.
  void read(ResolvedEvent event, long place) {
    var entry = Entry.read(event, place, lastSeen);
    lastSeen = place;
    asked = Math.max(0, asked - 1);
    ahead++;
    undone.add(entry);
    dispatch.add(entry);
  }

  /// Nothing up to here is wanted that was not given.
  ///
  /// @param events how many were looked at, if that is progress worth a checkpoint
  void passedOver(long place, long events) {
    if (place > lastSeen) {
      lastSeen = place;
      checkpointing.progress(events);
    }
  }

  /// Whether what is read is new.
  void live(boolean isLive) {
    live = isLive;
  }

  /// The source is read anew, behind [#lastSeen]: what was asked for and not given will not come.
  void readAnew() {
    asked = 0;
    live = false;
  }

  long lastSeen() {
    return lastSeen;
  }

  // ---- consumers

  void connect(long id, int bufferSize) {
    var consumer = new Consumer(id, bufferSize, clock.millis());
    consumers.put(id, consumer);
    dispatch.joined(consumer);
  }

  void disconnect(long id) {
    var consumer = consumers.remove(id);
    if (consumer == null) {
      return;
    }
    var lost = new ArrayList<>(consumer.inFlight);
    lost.sort(Entry.IN_ORDER);
    // First the events, so that they wait in the lane whose events are handed on.
    lost.forEach(inFlight::takeBack);
    dispatch.left(consumer);
    lost.forEach(this::retry);
  }

  /// Whether a consumer takes what is sent to it.
  void reading(long id, boolean reads) {
    var consumer = consumers.get(id);
    if (consumer != null) {
      consumer.reading(reads);
    }
  }

  /// A consumer wants so many events and no more, until it says otherwise.
  void wanting(long id, int events) {
    var consumer = consumers.get(id);
    if (consumer != null) {
      consumer.wanting(events);
    }
  }

  void ack(long id, List<UUID> events) {
    var consumer = consumers.get(id);
    if (consumer == null) {
      return;
    }
    var now = clock.millis();
    for (var event : events) {
      delivered
          .find(event, consumer)
          .ifPresent(entry -> {
            consumer.latencies.add(now - entry.deliveredAt);
            done(entry);
          });
    }
  }

  void nack(long id, List<UUID> events, NackAction action, String reason) {
    var consumer = consumers.get(id);
    if (consumer == null || action == NackAction.STOP) {
      return;
    }
    var kept = cut(reason);
    for (var event : events) {
      var found = delivered.find(event, consumer);
      if (found.isPresent() && found.get().state == Entry.State.IN_FLIGHT) {
        nack(found.get(), action, kept);
      }
    }
  }

  private static String cut(String reason) {
    return reason.length() <= REASON_CHARS_MAX
        ? reason
        : reason.substring(0, REASON_CHARS_MAX) + "…";
  }

  private void nack(Entry entry, NackAction action, String reason) {
    switch (action) {
      case PARK -> {
        inFlight.takeBack(entry);
        park(entry, "Client explicitly NAK'ed message.\n" + reason);
      }
      case RETRY -> {
        inFlight.takeBack(entry);
        retry(entry);
      }
      case SKIP -> done(entry);
      case STOP -> throw new IllegalStateException("Stop is for a consumer, not for an event");
    }
  }

  private void retry(Entry entry) {
    if (entry.retryCount >= settings.maxRetryCount()) {
      park(entry, "Reached retry count of " + settings.maxRetryCount());
      return;
    }
    entry.retryCount++;
    retried++;
    entry.state = Entry.State.RETRY;
    retries++;
    dispatch.add(entry);
  }

  private void done(Entry entry) {
    switch (entry.state) {
      case IN_FLIGHT -> inFlight.takeBack(entry);
      case RETRY -> retries--;
      case PARKING -> parking.done();
      case AHEAD, DONE ->
          throw new IllegalStateException("An event is done that was " + entry.state);
    }
    delivered.remove(entry);
    entry.state = Entry.State.DONE;
    if (entry.isReplayed()) {
      replay.done(entry);
    } else {
      undone.remove(entry);
      checkpointing.progress(1);
    }
  }

  // ---- parking

  private void park(Entry entry, String reason) {
    delivered.remove(entry);
    entry.state = Entry.State.PARKING;
    parking.begun();
    effects.park(entry, reason);
  }

  /// The link to an event is durable.
  void parked(Entry entry) {
    done(entry);
  }

  /// The link to an event could not be written: again in a while.
  void parkingFailed(Entry entry, String reason) {
    parking.failed(entry, reason, clock.millis());
  }

  // ---- replaying

  /// How far replaying is; to be told what is read of the parked events.
  Replay replay() {
    return replay;
  }

  /// A parked event to be handed out again, in the order of parking.
  void replay(ResolvedEvent event, long parkedAt) {
    var entry = replay.add(event, parkedAt);
    entry.state = Entry.State.RETRY;
    retries++;
    dispatch.add(entry);
  }

  // ---- turns

  /// Hands out, asks for more, and lets a checkpoint be written if one is due.
  void settle() {
    var now = clock.millis();
    takeBackLate(now);
    parking.again(now, effects::park);
    handOut(now);
    askForMore();
    var replayed = replay.takeDone();
    if (!replayed.isEmpty()) {
      effects.replayed(replayed);
    }
    checkpointing
        .due(safe(), now)
        .ifPresent(place -> {
          checkpointing.begun(now);
          effects.writeCheckpoint(place);
        });
  }

  private void takeBackLate(long now) {
    for (var late = inFlight.takeLate(now); late.isPresent(); late = inFlight.takeLate(now)) {
      retry(late.get());
    }
  }

  private void handOut(long now) {
    for (var next = dispatch.next(); next.isPresent(); next = dispatch.next()) {
      var entry = next.get().entry();
      var consumer = next.get().consumer();
      if (entry.state == Entry.State.RETRY) {
        retries--;
      } else {
        ahead--;
      }
      if (entry.holder == null) {
        delivered.add(entry);
      }
      inFlight.give(entry, consumer, now);
      consumer.given();
      pace.count();
      effects.deliver(consumer.id, entry);
    }
  }

  private void askForMore() {
    var limit = live ? settings.liveBufferSize() : settings.historyBufferSize();
    var batch = Math.min(settings.readBatchSize(), limit);
    // What is being parked is kept until it is written, which may take as long as the disk is full.
    var room = limit - ahead - asked - parking.count();
    if (room >= batch) {
      asked += room;
      effects.read(room);
    }
    var more =
        replay.ask(
            settings.historyBufferSize() - retries - parking.count(), settings.readBatchSize());
    if (more > 0) {
      effects.readParked(more);
    }
  }

  // ---- checkpoints

  /// The last place behind which everything may begin again.
  long safe() {
    return undone.isEmpty() ? lastSeen : undone.getFirst().before;
  }

  long checkpoint() {
    return checkpointing.written();
  }

  void checkpointWritten(long place) {
    checkpointing.written(place);
  }

  void checkpointFailed() {
    checkpointing.failed(clock.millis());
  }

  /// When [#settle] is due if nothing else happens; empty for never.
  OptionalLong dueAt() {
    var checkpoint = checkpointing.dueAt(safe()).orElse(Long.MAX_VALUE);
    var due = Math.min(checkpoint, Math.min(inFlight.dueAt(), parking.dueAt()));
    return due == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(due);
  }

  // ---- figures

  /// What is where at this moment.
  GroupInfo.Figures figures() {
    return new GroupInfo.Figures(
        live ? 0 : ahead,
        live ? ahead : 0,
        retries,
        inFlight.count(),
        inFlight.count() + retries + parking.count());
  }

  /// How far it is.
  ///
  /// @param passesOver whether what comes need not be for it
  GroupInfo.Progress progress(boolean passesOver) {
    return new GroupInfo.Progress(
        safe(),
        undone.isEmpty()
            ? Optional.empty()
            : Optional.of(undone.getFirst().event.original().recorded()),
        live && passesOver && undone.isEmpty(),
        retried);
  }

  /// In the words of KurrentDB.
  String status() {
    var words = new ArrayList<String>();
    if (!live) {
      words.add("Behind");
      if (asked > 0) {
        words.add("OutstandingPageRequest");
      }
    }
    if (replay.isGoingOn()) {
      words.add("ReplayingParkedMessages");
    }
    if (live) {
      words.add("Live");
    }
    return String.join(", ", words);
  }

  Pace.Figures pace(long now) {
    return pace.figures(now);
  }

  @Nullable Consumer consumer(long id) {
    return consumers.get(id);
  }

  int consumerCount() {
    return consumers.size();
  }

  /// Whether somebody has room, and nobody has anything.
  boolean isIdleWithRoom() {
    return inFlight.isEmpty()
        && parking.count() == 0
        && consumers.values().stream().anyMatch(Consumer::hasRoom);
  }
}
