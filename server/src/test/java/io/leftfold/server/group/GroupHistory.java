// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// One history of a group, by a seed: everything around the core is here and chosen by chance, what
/// consumers do, how long writes take and whether they fail, when the process is killed. What the
/// group promises is checked after every step.
final class GroupHistory implements GroupEffects {

  private static final int EVENTS = 100;
  private static final int STREAMS = 5;

  /// Ids need not differ.
  private static final UUID SHARED_ID = new UUID(1, 7);

  private final Random random;
  private final GroupSettings settings;
  private final ManualClock clock = new ManualClock(Instant.EPOCH);
  private final List<ResolvedEvent> log = new ArrayList<>();

  // ---- what outlives a crash

  private long durableCheckpoint = -1;
  private final Set<Long> done = new HashSet<>();
  private final List<Long> parkedStream = new ArrayList<>();
  private final SortedSet<Long> removed = new TreeSet<>();

  // ---- one life

  private GroupCore core;
  private int fed;
  private int asked;
  private int ahead;
  private boolean live;
  private long nextConsumer;
  private final Map<Long, Hands> consumers = new LinkedHashMap<>();
  private final Map<Long, Long> lastHolder = new HashMap<>();
  private final Set<Long> parking = new HashSet<>();
  private final Set<Long> doneNow = new HashSet<>();
  private final Set<Long> delivered = new HashSet<>();
  private final List<Entry> toPark = new ArrayList<>();
  private final Set<Entry> notParkedYet = new HashSet<>();
  private int removing;
  private long checkpointing = -1;
  private final Map<String, Long> lastOfKey = new HashMap<>();
  private final List<Long> toReplay = new ArrayList<>();
  private int replayAsked;
  private final Map<Long, Long> replayHolder = new HashMap<>();
  private final Set<Entry> handed = new LinkedHashSet<>();
  private final Map<Entry, String> reasons = new HashMap<>();

  /// What a consumer believes to have.
  private static final class Hands {
    final int bufferSize;
    boolean reads = true;
    final List<Entry> has = new ArrayList<>();

    Hands(int bufferSize) {
      this.bufferSize = bufferSize;
    }
  }

  GroupHistory(long seed) {
    random = new Random(seed);
    var history = 3 + random.nextInt(20);
    settings =
        new GroupSettings(
            0,
            false,
            random.nextBoolean(),
            Duration.ofMillis(random.nextInt(3) == 0 ? 0 : 100 + random.nextInt(1000)),
            random.nextInt(4),
            Duration.ofMillis(random.nextInt(3) == 0 ? 0 : random.nextInt(500)),
            random.nextInt(4),
            1 + random.nextInt(20),
            0,
            1 + random.nextInt(20),
            history,
            1 + random.nextInt(history - 1),
            anyOf(Strategy.values()));
    for (var position = 0; position < EVENTS; position++) {
      log.add(event(position));
    }
    core = new GroupCore(settings, -1, clock, this);
  }

  private ResolvedEvent event(long position) {
    var stream = StreamName.of("s-" + random.nextInt(STREAMS));
    var id = random.nextInt(20) == 0 ? SHARED_ID : new UUID(1, position + 100);
    var metadata =
        random.nextBoolean()
            ? "{\"x\":{},\"$correlationId\":\"c%d\"}".formatted(random.nextInt(3))
            : "";
    return ResolvedEvent.plain(
        new RecordedEvent(
            position,
            stream,
            position,
            id,
            "Happened",
            ContentType.JSON,
            Instant.EPOCH,
            new byte[0],
            metadata.getBytes(java.nio.charset.StandardCharsets.UTF_8),
            List.of()));
  }

  void run() {
    for (var step = 0; step < 300; step++) {
      step();
      settle();
    }
    finish();
  }

  private void step() {
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3 -> feed(1 + random.nextInt(8));
      case 4 -> connect();
      case 5 -> {
        if (random.nextInt(4) == 0) {
          disconnect();
        }
      }
      case 6, 7, 8 -> ack();
      case 9 -> nack();
      case 10 -> clock.advance(Duration.ofMillis(random.nextInt(600)));
      case 11 -> write(random.nextInt(4) > 0);
      case 12 -> writeCheckpoint(random.nextInt(4) > 0);
      case 13 -> reads();
      case 14 -> replay();
      default -> {
        if (random.nextInt(20) == 0) {
          crash();
        } else if (random.nextInt(10) == 0) {
          core.readAnew();
          asked = 0;
          live = false;
          fed = (int) core.lastSeen() + 1;
        }
      }
    }
  }

  private void settle() {
    core.settle();
    check();
  }

  // ---- what happens

  private void feed(int most) {
    for (var i = 0; i < most && asked > 0 && fed < EVENTS; i++) {
      asked--;
      ahead++;
      core.read(log.get(fed), fed);
      fed++;
    }
    if (fed == EVENTS || random.nextInt(10) == 0) {
      live = !live || fed == EVENTS;
      core.live(live);
    }
    for (var i = 0; i < most && replayAsked > 0 && !toReplay.isEmpty(); i++) {
      replayAsked--;
      var at = toReplay.removeFirst();
      core.replay(log.get(Math.toIntExact(parkedStream.get(Math.toIntExact(at)))), at);
      if (toReplay.isEmpty()) {
        core.replay().readingEnded();
      }
    }
  }

  private void connect() {
    if (consumers.size() < 4) {
      var id = nextConsumer++;
      var hands = new Hands(1 + random.nextInt(6));
      consumers.put(id, hands);
      core.connect(id, hands.bufferSize);
    }
  }

  private void disconnect() {
    anyConsumer()
        .ifPresent(id -> {
          consumers.remove(id);
          core.disconnect(id);
        });
  }

  private Optional<Long> anyConsumer() {
    var ids = List.copyOf(consumers.keySet());
    return ids.isEmpty() ? Optional.empty() : Optional.of(ids.get(random.nextInt(ids.size())));
  }

  private Hands hands(long id) {
    return Objects.requireNonNull(consumers.get(id), "a consumer that is connected");
  }

  private Consumer seen(long id) {
    return Objects.requireNonNull(core.consumer(id), "a consumer that the core knows");
  }

  private void reads() {
    anyConsumer()
        .ifPresent(id -> {
          var hands = hands(id);
          hands.reads = !hands.reads;
          core.reading(id, hands.reads);
        });
  }

  private void ack() {
    take()
        .forEach((id, entries) -> {
          var counting = entries.stream().filter(entry -> counts(id, entry)).toList();
          core.ack(id, entries.stream().map(Entry::id).toList());
          checkDone(counting);
          look(id, entries);
        });
  }

  private <T> T anyOf(T[] values) {
    return values[random.nextInt(values.length)];
  }

  private void nack() {
    var action = anyOf(NackAction.values());
    take()
        .forEach((id, entries) -> {
          var counting = entries.stream().filter(entry -> isWith(id, entry)).toList();
          core.nack(id, entries.stream().map(Entry::id).toList(), action, "by chance");
          if (action == NackAction.SKIP) {
            checkDone(counting);
          }
          look(id, entries);
        });
  }

  private static boolean isWith(long consumer, Entry entry) {
    return entry.state == Entry.State.IN_FLIGHT
        && entry.holder != null
        && entry.holder.id == consumer;
  }

  /// Takes a few events out of somebody's hands.
  private Map<Long, List<Entry>> take() {
    return anyConsumer()
        .filter(id -> !hands(id).has.isEmpty())
        .map(id -> {
          var has = hands(id).has;
          var taken = new ArrayList<Entry>();
          for (var i = 1 + random.nextInt(has.size()); i > 0; i--) {
            taken.add(has.remove(random.nextInt(has.size())));
          }
          return Map.of(id, (List<Entry>) taken);
        })
        .orElse(Map.of());
  }

  /// An ack counts if who says it had the event last, and the event is not being parked.
  private boolean counts(long consumer, Entry entry) {
    var waits = entry.state == Entry.State.IN_FLIGHT || entry.state == Entry.State.RETRY;
    return waits && Long.valueOf(consumer).equals(holderOf(entry));
  }

  /// Of those whose ids no other event has at the moment, it is known that they were meant. An
  /// event that was parked before a crash may be replayed beside itself.
  private void checkDone(List<Entry> entries) {
    entries.stream()
        .filter(entry ->
            handed.stream().noneMatch(other -> other != entry && other.id().equals(entry.id())))
        .forEach(
            entry -> assertThat(entry.state).as("%s", entry.event).isEqualTo(Entry.State.DONE));
  }

  /// Sees what has become of events: some are done, and some stayed with who had them.
  private void look(long consumer, List<Entry> entries) {
    handed.stream().filter(entry -> entry.state == Entry.State.DONE).forEach(this::markDone);
    handed.removeIf(entry -> entry.state == Entry.State.DONE);
    entries.stream().filter(entry -> isWith(consumer, entry)).forEach(hands(consumer).has::add);
  }

  private @Nullable Long holderOf(Entry entry) {
    return entry.isReplayed() ? replayHolder.get(entry.parkedAt) : lastHolder.get(entry.place);
  }

  private void markDone(Entry entry) {
    if (!entry.isReplayed()) {
      done.add(entry.place);
      doneNow.add(entry.place);
    }
  }

  private void write(boolean succeeds) {
    core.replay().removed(removing);
    removing = 0;
    if (toPark.isEmpty()) {
      return;
    }
    var entry = toPark.remove(random.nextInt(toPark.size()));
    if (succeeds) {
      parkedStream.add(entry.place);
      notParkedYet.remove(entry);
      if (!entry.isReplayed()) {
        parking.remove(entry.place);
      }
      core.parked(entry);
      markDone(entry);
    } else {
      core.parkingFailed(entry, String.valueOf(reasons.get(entry)));
    }
  }

  private void writeCheckpoint(boolean succeeds) {
    if (checkpointing < 0) {
      return;
    }
    if (succeeds) {
      durableCheckpoint = checkpointing;
      core.checkpointWritten(checkpointing);
    } else {
      core.checkpointFailed();
    }
    checkpointing = -1;
  }

  private void replay() {
    if (core.replay().isGoingOn() || parkedStream.isEmpty()) {
      return;
    }
    for (var at = 0L; at < parkedStream.size(); at++) {
      if (!removed.contains(at) && random.nextInt(3) > 0) {
        toReplay.add(at);
      }
    }
    replayAsked = 0;
    core.replay().begin();
    core.replay().readingBegins();
    if (toReplay.isEmpty()) {
      core.replay().readingEnded();
    }
  }

  private void crash() {
    consumers.clear();
    handed.clear();
    lastHolder.clear();
    replayHolder.clear();
    parking.clear();
    reasons.clear();
    doneNow.clear();
    delivered.clear();
    toPark.clear();
    notParkedYet.clear();
    removing = 0;
    toReplay.clear();
    replayAsked = 0;
    checkpointing = -1;
    lastOfKey.clear();
    asked = 0;
    ahead = 0;
    live = false;
    fed = (int) durableCheckpoint + 1;
    core = new GroupCore(settings, durableCheckpoint, clock, this);
  }

  // ---- what the core wants

  @Override
  public void deliver(long consumer, Entry entry) {
    var hands = hands(consumer);
    assertThat(hands.reads).as("a consumer that reads").isTrue();
    assertThat(doneNow.contains(keyOf(entry))).as("what is done is not delivered").isFalse();
    if (!hands.has.contains(entry)) {
      hands.has.add(entry);
    }
    handed.add(entry);
    if (entry.isReplayed()) {
      replayHolder.put(entry.parkedAt, consumer);
      return;
    }
    lastHolder.put(entry.place, consumer);
    assertThat(entry.place).as("behind the checkpoint").isGreaterThan(durableCheckpoint);
    assertThat(parking.contains(entry.place)).as("what is parked is not delivered").isFalse();
    if (delivered.add(entry.place)) {
      assertThat(entry.retryCount).isZero();
      ahead--;
      checkOrderOfFirst(entry);
    } else {
      assertThat(entry.retryCount).isBetween(1, settings.maxRetryCount());
    }
  }

  private static Long keyOf(Entry entry) {
    return entry.isReplayed() ? -1L : entry.place;
  }

  /// Events are handed out for the first time in the order of the log; pinned ones of one key.
  private void checkOrderOfFirst(Entry entry) {
    var key =
        switch (settings.strategy()) {
          case DISPATCH_TO_SINGLE, ROUND_ROBIN -> "";
          case PINNED -> PinKey.ofStream(entry.event);
          case PINNED_BY_CORRELATION -> PinKey.ofCorrelation(entry.event);
        };
    var before = lastOfKey.put(key, entry.place);
    assertThat(before == null ? -1 : before).as("the one before of " + key).isLessThan(entry.place);
  }

  @Override
  public void park(Entry entry, String reason) {
    assertThat(reason).containsAnyOf("Reached retry count of", "Client explicitly NAK'ed");
    if (!entry.isReplayed()) {
      parking.add(entry.place);
    }
    toPark.add(entry);
    notParkedYet.add(entry);
    reasons.put(entry, reason);
  }

  @Override
  public void writeCheckpoint(long place) {
    assertThat(checkpointing).as("one at a time").isNegative();
    var notDone = LongStream.rangeClosed(0, place).filter(before -> !done.contains(before));
    assertThat(notDone.boxed()).as("not done in front of checkpoint %d", place).isEmpty();
    assertThat(place).as("it moves").isGreaterThan(durableCheckpoint);
    checkpointing = place;
  }

  @Override
  public void read(int events) {
    asked += events;
    var most = Math.max(settings.historyBufferSize(), settings.liveBufferSize());
    assertThat(asked + ahead + notParkedYet.size())
        .as("read ahead, or not parked yet")
        .isLessThanOrEqualTo(most);
  }

  @Override
  public void readParked(int events) {
    replayAsked += events;
    assertThat(replayAsked + removing + notParkedYet.size())
        .isLessThanOrEqualTo(settings.historyBufferSize());
  }

  @Override
  public void replayed(SortedSet<Long> parkedAt) {
    assertThat(removed).doesNotContainAnyElementsOf(parkedAt);
    removed.addAll(parkedAt);
    removing += parkedAt.size();
  }

  // ---- what holds after every turn

  private void check() {
    for (var each : consumers.entrySet()) {
      assertThat(seen(each.getKey()).inFlight).hasSizeLessThanOrEqualTo(each.getValue().bufferSize);
    }
    var figures = core.figures();
    var waiting = figures.readBuffer() + figures.liveBuffer() + figures.retryBuffer();
    assertThat(figures.readBuffer() + figures.liveBuffer()).isEqualTo(ahead);
    var rooms = consumers.keySet().stream().filter(id -> seen(id).hasRoom()).count();
    var mayWait =
        (settings.strategy() == Strategy.PINNED
                || settings.strategy() == Strategy.PINNED_BY_CORRELATION)
            ? rooms < consumers.size()
            : rooms == 0;
    if (!mayWait && !consumers.isEmpty()) {
      assertThat(waiting).as("somebody has room, so nothing waits").isZero();
    }
  }

  /// Lets everything come to an end: then everything was delivered, and is done.
  private void finish() {
    connect();
    for (var id : List.copyOf(consumers.keySet())) {
      hands(id).reads = true;
      core.reading(id, true);
    }
    for (var turn = 0; turn < 10 * EVENTS && !isFinished(); turn++) {
      feed(EVENTS);
      settle();
      for (var id : List.copyOf(consumers.keySet())) {
        var has = hands(id).has;
        var all = List.copyOf(has);
        has.clear();
        all.forEach(entry -> core.ack(id, List.of(entry.id())));
        look(id, all);
      }
      clock.advance(Duration.ofMillis(300));
      do {
        write(true);
      } while (!toPark.isEmpty());
      writeCheckpoint(true);
      settle();
    }
    assertThat(done).as("everything is done").hasSize(EVENTS);
    assertThat(core.safe()).isEqualTo(EVENTS - 1);
    assertThat(core.figures().outstanding()).isZero();
    assertThat(core.replay().isGoingOn()).as("replaying has an end").isFalse();
  }

  private boolean isFinished() {
    return done.size() == EVENTS
        && core.safe() == EVENTS - 1
        && core.figures().outstanding() == 0
        && !core.replay().isGoingOn();
  }

  @Override
  public String toString() {
    return settings.toString();
  }
}
