// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.AsOf;
import io.leftfold.api.Commit;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamState;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.testkit.Outcome.Answered;
import io.leftfold.testkit.Outcome.Refused;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class StepsTest {

  @Test
  void the_same_seed_makes_the_same_steps() {
    assertThat(Steps.from(7).take(200)).isEqualTo(Steps.from(7).take(200));
    assertThat(Steps.from(7).take(200)).isNotEqualTo(Steps.from(8).take(200));
  }

  @Test
  void steps_of_few_kinds_do_without_the_others() {
    var steps = Steps.from(7, EnumSet.noneOf(Steps.Kind.class)).take(500);

    assertThat(steps)
        .noneMatch(Step.Advance.class::isInstance)
        .noneMatch(Step.Reopen.class::isInstance)
        .noneMatch(Step.ListStreams.class::isInstance);
    assertThat(steps.toString()).doesNotContain("Tagged");
  }

  /// Steps that never meet a case cannot find what is wrong with it.
  @Test
  void the_steps_meet_every_kind_of_answer_often() {
    var met = new TreeMap<String, Integer>();
    for (var seed = 0; seed < 80; seed++) {
      var clock = new ManualClock(Steps.START);
      try (var store = new InMemoryEventStore(clock)) {
        for (var step : Steps.from(seed).take(150)) {
          if (step instanceof Step.Advance(var time)) {
            clock.advance(time);
          }
          for (var name : names(step, step.applyTo(store))) {
            met.merge(name, 1, Integer::sum);
          }
          times(step).forEach(name -> met.merge(name, 1, Integer::sum));
        }
      }
    }

    assertThat(met)
        .containsOnlyKeys(
            "AlreadyTrackedException",
            "Append appended",
            "Append appended, on a condition",
            "Append appended, tracked",
            "Append checked only",
            "Append repeated",
            "Append repeated, on a condition",
            "Append repeated, several streams",
            "Append to several streams",
            "ConditionFailedException",
            "Delete",
            "FollowAll",
            "Follow",
            "IllegalArgumentException",
            "ListStreams",
            "LastPosition",
            "Metadata malformed",
            "Metadata",
            "NotAuthorizedException",
            "PositionAt",
            "Read as of a position",
            "Read as of a time",
            "Read from a time",
            "Follow from a time",
            "Read an absent stream",
            "Read a deleted stream",
            "Read a present stream",
            "Read a present stream, hidden in part",
            "Read without links",
            "ReadAll",
            "ReadQuery",
            "ReadQuery as of then",
            "ReadQuery that finds",
            "Reopen",
            "Resolved a link",
            "Resolved a link to nowhere",
            "State",
            "StreamTombstonedException",
            "Advance",
            "Tombstone",
            "TrackingPosition",
            "WriteMetadata",
            "WrongExpectedStateException",
            "WrongExpectedStateException, several conflicts");
    assertThat(met).allSatisfy((_, times) -> assertThat(times).isGreaterThan(15));
  }

  /// What a step says about time.
  private static List<String> times(Step step) {
    return switch (step) {
      case Step.Read(_, var options) -> times(options);
      case Step.ReadAll(var options) -> times(options);
      case Step.ReadQuery(_, var options) when options.asOf() instanceof AsOf.Now -> times(options);
      case Step.ReadQuery(_, var options) -> {
        var names = new ArrayList<>(times(options));
        names.add("ReadQuery as of then");
        yield names;
      }
      case Step.Follow(_, var options) -> times(options);
      case Step.FollowAll(var options) -> times(options);
      default -> List.of();
    };
  }

  private static List<String> times(ReadOptions options) {
    var names = new ArrayList<String>();
    if (options.fromTime().isPresent()) {
      names.add("Read from a time");
    }
    switch (options.asOf()) {
      case AsOf.Now() -> {}
      case AsOf.Position(_) -> names.add("Read as of a position");
      case AsOf.Time(_) -> names.add("Read as of a time");
    }
    return names;
  }

  private static List<String> times(SubscribeOptions options) {
    return options.start() instanceof SubscribeOptions.Start.AtTime
        ? List.of("Follow from a time")
        : List.of();
  }

  private static List<String> names(Step step, Outcome outcome) {
    return switch (outcome) {
      case Refused(var error, var particulars) ->
          error.equals("WrongExpectedStateException") && particulars.size() > 1
              ? List.of(error + ", several conflicts")
              : List.of(error);
      case Answered(AppendResult result) when step instanceof Step.Append(var commit) ->
          List.of(
              result.position().isEmpty()
                  ? "Append checked only"
                  : result.idempotent()
                      ? "Append repeated" + kind(commit, true)
                      : appended(commit));
      case Answered(Step.Found(_, var events)) ->
          List.of(events.isEmpty() ? "ReadQuery" : "ReadQuery that finds");
      case Answered(Step.Given(var state, var events)) ->
          switch (state) {
            case StreamState.Absent() -> List.of("Read an absent stream");
            case StreamState.Deleted(_) -> List.of("Read a deleted stream");
            case StreamState.Present(var first, _) ->
                List.of(
                    "Read a present stream" + (first > 0 ? ", hidden in part" : ""),
                    events.stream().anyMatch(event -> event.link().isPresent())
                        ? events.stream().anyMatch(event -> event.event().isEmpty())
                            ? "Resolved a link to nowhere"
                            : "Resolved a link"
                        : "Read without links");
            case StreamState.Tombstoned() -> throw new AssertionError("read a tombstoned stream");
          };
      case Answered(CurrentMetadata(var metadata, var revision)) ->
          List.of(
              revision >= 0 && metadata.equals(StreamMetadata.none())
                  ? "Metadata malformed"
                  : "Metadata");
      case Answered(_), Outcome.Nothing() -> List.of(step.getClass().getSimpleName());
      case Outcome.Broke(var error) -> throw new AssertionError(error);
    };
  }

  private static String appended(Commit commit) {
    return commit.parts().size() > 1
        ? "Append to several streams"
        : "Append appended" + kind(commit, false);
  }

  private static String kind(Commit commit, boolean repeated) {
    if (commit.parts().size() > 1) {
      return ", several streams";
    }
    if (!commit.conditions().isEmpty()) {
      return ", on a condition";
    }
    return commit.tracking().isPresent() && !repeated ? ", tracked" : "";
  }

  @Test
  void the_steps_write_what_the_store_adds_by_itself() {
    Map<String, Integer> types = new TreeMap<>();
    for (var seed = 0; seed < 20; seed++) {
      var clock = new ManualClock(Steps.START);
      try (var store = new InMemoryEventStore(clock)) {
        for (var step : Steps.from(seed).take(150)) {
          step.applyTo(store);
        }
        store.readAll(ReadOptions.forwards()).events().stream()
            .map(RecordedEvent::type)
            .forEach(type -> types.merge(type, 1, Integer::sum));
      }
    }

    assertThat(types)
        .containsKeys("$genesis", "$metadata", "$streamDeleted", "$tracking", "$>", "Opened");
  }
}
