// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.Commit;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.UnavailableException;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.testkit.Outcome;
import io.leftfold.testkit.Step;
import io.leftfold.testkit.Steps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// Leads the model through what many callers do to a store at once, and compares.
///
/// **Writes.** The store answers in the order in which it judged, so the model is led through the
/// answers, and has to give the same. What the log says without anybody having been answered (by a
/// scavenge, by a caller of a stream of its own) is told to the model from the log. An append whose
/// caller was not told is *in doubt*: after the store was opened again, the log says which of them
/// were recorded: the first so many, each whole.
///
/// **Reads** saw the log up to an end. They are compared when the model has come there.
///
/// **Forgetting** happens to the model when a read may have noticed, and only to what could be
/// forgotten at the scavenge point.
final class Referee {

  private static final Set<String> OF_SCAVENGES =
      Set.of("$scavengePoints", "$scavenges", "$$$scavengePoints", "$$$scavenges");

  private static final int TRIES = 10;

  private final Clock now;
  private final Runnable untilQuiet;
  private final ManualClock clock = new ManualClock(Steps.START);
  private final InMemoryEventStore model = new InMemoryEventStore(clock);
  private final List<Outcome.Seen> recorded = new ArrayList<>();

  private final ArrayDeque<Runnable> happened = new ArrayDeque<>();
  private final List<Step> doubts = new ArrayList<>();
  private final Map<UUID, Alone> alone = new HashMap<>();
  private final List<Look> looks = new ArrayList<>();
  private final List<Follower> followers = new ArrayList<>();

  private final Set<Long> forgotten = new HashSet<>();
  private Set<Long> judged = new HashSet<>();
  private Set<Long> judgedLast = new HashSet<>();

  private @Nullable LocalEventStore store;
  private long compared;
  private long survived;

  /// A read: how far the log was when it began, what time it was, and what was forgotten.
  final class Look {
    private final Step step;
    private final long end;
    private final Instant time = now.instant();
    private final Set<Long> missing;
    private @Nullable Outcome expected;
    private @Nullable Outcome outcome;

    private Look(Step step, long end, Set<Long> missing) {
      this.step = step;
      this.end = end;
      this.missing = missing;
    }

    /// It gave something.
    void gave(Outcome given) {
      happened.add(() -> {
        outcome = given;
        compare();
      });
    }

    private void expect() {
      turnTo(time);
      forget(missing);
      expected = step.applyTo(model);
      compare();
    }

    private void compare() {
      if (expected != null && outcome != null && !isUnavailable(outcome)) {
        same(step, expected, outcome);
      }
    }
  }

  /// An append to a stream that nobody else writes, so that its place in the order does not matter.
  final class Alone {
    private final Step.Append step;
    private @Nullable Outcome expected;

    private Alone(Step.Append step) {
      this.step = step;
    }

    /// It was answered.
    void answered(Outcome outcome) {
      happened.add(() -> {
        if (!isUnavailable(outcome)) {
          catchUp();
          same(step, Objects.requireNonNull(expected), outcome);
        }
      });
    }
  }

  /// Somebody who follows everything that passes a filter.
  final class Follower {
    private final EventFilter filter;
    private final long from;
    private final List<Outcome.Seen> told = new ArrayList<>();
    private long until;
    private boolean follows = true;

    private Follower(EventFilter filter, long from) {
      this.filter = filter;
      this.from = from;
      this.until = from;
    }

    /// It was told an event.
    void tell(RecordedEvent event) {
      assertThat(event.position()).as("what follows").isGreaterThanOrEqualTo(until);
      told.add(Outcome.Seen.of(event));
      until = event.position() + 1;
    }

    /// It follows no longer.
    void gaveUp() {
      follows = false;
    }

    /// It was told everything, if it follows.
    void complete(long end) {
      until = follows ? Math.max(until, end) : until;
    }

    private void compare() {
      var matching =
          model.readAll(ReadOptions.forwards().filteredBy(filter)).events().stream()
              .map(RecordedEvent::position)
              .filter(position -> position >= from && position < until)
              .collect(Collectors.toSet());
      for (var event : told) {
        assertThat(event).isEqualTo(recorded.get((int) event.position()));
        assertThat(matching.remove(event.position()) || forgotten.contains(event.position()))
            .as("whether %s passes %s", event, filter)
            .isTrue();
      }
      assertThat(matching)
          .as("positions from %d to %d that were not told by %s", from, until, filter)
          .isEmpty();
      compared++;
    }
  }

  /// Over an empty model.
  ///
  /// @param now the store's clock; the model's follows it, event by event and read by read
  /// @param untilQuiet lets everybody go on until nobody can
  Referee(Clock now, Runnable untilQuiet) {
    this.now = now;
    this.untilQuiet = untilQuiet;
    record(0);
  }

  private LocalEventStore store() {
    return Objects.requireNonNull(store);
  }

  /// How many answers were compared.
  long compared() {
    return compared;
  }

  /// How many commits were kept though nobody was told so.
  long survived() {
    return survived;
  }

  /// How many events were forgotten.
  long forgotten() {
    return forgotten.size();
  }

  private void same(Step step, Outcome expected, Outcome outcome) {
    assertThat(outcome).as("%s", step).isEqualTo(expected);
    compared++;
  }

  private static boolean isUnavailable(Outcome outcome) {
    return outcome instanceof Outcome.Refused(var error, _) && error.equals("UnavailableException");
  }

  private static boolean isTooBusy(Outcome outcome) {
    return isUnavailable(outcome)
        && outcome.equals(
            Outcome.Refused.of(
                new UnavailableException(UnavailableException.Reason.TOO_BUSY, "to be compared")));
  }

  // ---- told by callers, and looked at when their turn is over

  /// Somebody was answered.
  void answered(Step step, Outcome outcome) {
    happened.add(() -> judge(step, outcome));
  }

  /// Somebody is about to append to a stream of their own.
  Alone aboutToAppend(UUID first, Step.Append step) {
    var added = new Alone(step);
    alone.put(first, added);
    return added;
  }

  /// Somebody is about to read.
  ///
  /// @param forgets whether there are scavenges
  Look aboutToRead(Step step, boolean forgets) {
    var end = store().lastPosition().orElseThrow() + 1;
    var look = new Look(step, end, forgets ? missing(end) : Set.of());
    happened.add(() -> {
      if (end > end()) {
        catchUp();
      }
      looks.add(look);
      compareLooks();
    });
    return look;
  }

  /// Somebody follows.
  Follower follows(EventFilter filter, long from) {
    var follower = new Follower(filter, from);
    followers.add(follower);
    return follower;
  }

  /// Looks at what was told.
  void judge() {
    for (var next = happened.poll(); next != null; next = happened.poll()) {
      next.run();
    }
  }

  // ---- writes

  private void judge(Step step, Outcome outcome) {
    if (isTooBusy(outcome)) {
      return; // it was not taken
    }
    if (isUnavailable(outcome)) {
      doubts.add(step);
    } else {
      catchUp();
      same(step, lead(step), outcome);
    }
  }

  private Outcome lead(Step step) {
    var before = end();
    eventAt(before).ifPresent(next -> turnTo(next.recorded()));
    var outcome = step.applyTo(model);
    record(before);
    compareLooks();
    return outcome;
  }

  private void record(long from) {
    model.readAll(ReadOptions.forwards().from(from)).events().stream()
        .map(Outcome.Seen::of)
        .forEach(recorded::add);
  }

  /// Leads the model through what the log has next, as long as that explains itself.
  private void catchUp() {
    for (var next = eventAt(end()); next.isPresent(); next = eventAt(end())) {
      var event = next.get();
      var appended = alone.get(event.id());
      if (appended != null) {
        appended.expected = lead(appended.step);
      } else if (OF_SCAVENGES.contains(event.stream().value())) {
        lead(again(event));
        if (event.stream().value().equals("$scavengePoints")) {
          judgedLast = model.forgettable();
          judged.addAll(judgedLast);
        }
      } else {
        return;
      }
    }
  }

  private static Step again(RecordedEvent event) {
    return new Step.Append(
        Commit.of(
            List.of(
                new StreamAppend(
                    event.stream(), ExpectedState.any(), List.of(StoreRig.proposed(event))))));
  }

  private Optional<RecordedEvent> eventAt(long position) {
    return store().readAll(ReadOptions.forwards().from(position).limit(1)).events().stream()
        .findFirst();
  }

  private long end() {
    return recorded.size();
  }

  private void turnTo(Instant time) {
    clock.advance(Duration.between(clock.instant(), time));
  }

  // ---- reads

  private void compareLooks() {
    for (var look : looks) {
      assertThat(look.end).as("how much was seen by %s", look.step).isGreaterThanOrEqualTo(end());
      if (look.end == end()) {
        look.expect();
      }
    }
    looks.removeIf(look -> look.expected != null);
  }

  private Set<Long> missing(long end) {
    var missing = LongStream.range(0, end).boxed().collect(Collectors.toCollection(HashSet::new));
    store()
        .readAll(ReadOptions.forwards())
        .events()
        .forEach(event -> missing.remove(event.position()));
    return missing;
  }

  private void forget(Set<Long> missing) {
    var newly = new HashSet<>(missing);
    newly.removeAll(forgotten);
    if (!newly.isEmpty()) {
      model.forget(newly, judged);
      forgotten.addAll(newly);
    }
    // A scavenge ended before the next one set its point.
    judged = new HashSet<>(judgedLast);
  }

  // ---- crashes

  /// The store was opened.
  void opened(LocalEventStore opened) {
    store = opened;
    var end = opened.lastPosition().orElseThrow() + 1;
    assertThat(end)
        .as("the end of the log; what lies below was acknowledged")
        .isGreaterThanOrEqualTo(end());
    catchUp();
    for (var step : doubts) {
      if (end() == end) {
        break;
      }
      lead(step);
      catchUp();
      survived++;
    }
    assertThat(end()).as("the end of the model, led through what was in doubt").isEqualTo(end);
    assertThat(looks).as("reads that saw what is lost").isEmpty();
    forget(missing(end));
    followers.forEach(Follower::compare);
    doubts.clear();
    alone.clear();
    followers.clear();
    inspect(new Step.ReadAll(ReadOptions.forwards()));
  }

  /// Compares everything.
  void inspect() {
    inspect(new Step.ReadAll(ReadOptions.backwards().resolvingLinks()));
    inspect(new Step.ListStreams(ListOptions.all()));
    for (var virtual :
        List.of("$ce-account", "$et-Paid", "$streams", "$category-account", "$category-order")) {
      inspect(new Step.Read(StreamName.of(virtual), ReadOptions.forwards()));
      inspect(new Step.State(StreamName.of(virtual)));
    }
    for (var stream : model.streams(ListOptions.all()).stream().map(StreamSummary::name).toList()) {
      inspect(new Step.State(stream));
      inspect(new Step.Read(stream, ReadOptions.forwards()));
      inspect(new Step.Read(stream, ReadOptions.backwards()));
    }
  }

  /// Asking again while a damaged part of the index is made again.
  private void inspect(Step step) {
    turnTo(now.instant());
    var outcome = step.applyTo(store());
    for (var tries = 0; isTooBusy(outcome) && tries < TRIES; tries++) {
      untilQuiet.run();
      outcome = step.applyTo(store());
    }
    same(step, step.applyTo(model), outcome);
  }

  // ---- copies

  /// Compares a copy of the store, which may lack what was forgotten, or have it still.
  ///
  /// @param end what it has at least
  void compareCopy(LocalEventStore copy, long end) {
    var last = copy.lastPosition().orElseThrow();
    assertThat(last + 1).as("the end of the copy").isBetween(end, end());
    var missing =
        LongStream.rangeClosed(0, last).boxed().collect(Collectors.toCollection(HashSet::new));
    for (var event : copy.readAll(ReadOptions.forwards()).events()) {
      missing.remove(event.position());
      assertThat(Outcome.Seen.of(event)).isEqualTo(recorded.get((int) event.position()));
    }
    assertThat(forgotten).as("what was forgotten, and what the copy lacks").containsAll(missing);
    compared++;
  }
}
