// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A trip of three bookings: whichever fails, those before it are cancelled, the newest first.
final class CompensationsTest {

  private static final List<String> BOOKINGS = List.of("flight", "hotel", "car");

  private record Command(boolean isCancelling, String what) {
    @Override
    public String toString() {
      return (isCancelling ? "cancel " : "book ") + what;
    }
  }

  private record Trip(int booked, boolean isLost, Compensations<Command> undo) {}

  private static final class Travel implements ProcessManager<String, Trip, Command> {
    @Override
    public Correlation correlate(String trip) {
      return Correlation.start(trip);
    }

    @Override
    public Trip initialState() {
      return new Trip(0, false, Compensations.none());
    }

    @Override
    public Trip evolve(Trip trip, Input<String, Command> input) {
      return switch (input) {
        case Input.Settled<String, Command>(_, var command, Settlement.Accepted _)
            when !command.isCancelling() ->
            new Trip(trip.booked() + 1, false, trip.undo().plus(new Command(true, command.what())));
        case Input.Settled<String, Command>(_, var command, _) when !command.isCancelling() ->
            new Trip(trip.booked(), true, trip.undo());
        default -> trip;
      };
    }

    @Override
    public List<Effect<Command>> react(Trip trip, Input<String, Command> input) {
      if (input instanceof Input.Settled<String, Command>(_, var command, _)
          && command.isCancelling()) {
        return List.of();
      }
      if (trip.isLost()) {
        return trip.undo().send();
      }
      return trip.booked() < BOOKINGS.size()
          ? List.of(Effect.send(new Command(false, BOOKINGS.get(trip.booked()))))
          : List.of();
    }
  }

  private static final EventCodec<Command> COMMANDS =
      EventCodec.of(
          command ->
              ProposedEvent.json(
                  command.isCancelling() ? "Cancel" : "Book", "\"" + command.what() + "\""),
          event ->
              Decoded.known(
                  new Command(
                      event.type().equals("Cancel"), event.dataAsText().replace("\"", ""))));

  /// @return what was done, in order
  private static List<String> travel(CommandTarget<Command> agency) {
    var clock = new ManualClock(ShopFloor.START);
    var done = new ArrayList<String>();
    try (var store = new InMemoryEventStore(clock)) {
      store.append(
          StreamName.of("trip-1"), ExpectedState.any(), ProposedEvent.json("TripWanted", "\"1\""));
      var runner =
          ProcessRunner.of(
              store,
              ProcessDefinition.of(
                      "travel",
                      new Travel(),
                      EventCodec.of(
                          trip -> ProposedEvent.json("TripWanted", trip),
                          event -> Decoded.known(event.dataAsText().replace("\"", ""))),
                      COMMANDS)
                  .following(new EventFilter.Types(Set.of("TripWanted"))),
              (id, command) -> {
                var outcome = agency.handle(id, command);
                if (outcome instanceof Settlement.Accepted) {
                  done.add(command.toString());
                }
                return outcome;
              },
              clock,
              ProcessOptions.of(ShopFloor.RETRIES.within(Duration.ZERO)));
      ShopFloor.run(runner);
      assertThat(runner.parked()).isEmpty();
    }
    return done;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void whichever_step_fails_those_before_it_are_taken_back_the_newest_first(int failing) {
    var rejected = new Settlement.Rejected("fully booked");
    var steps = BOOKINGS.subList(0, failing);
    var expected =
        Stream.concat(
                steps.stream().map(what -> "book " + what),
                failing == BOOKINGS.size()
                    ? Stream.of()
                    : steps.reversed().stream().map(what -> "cancel " + what))
            .toList();

    assertThat(
            travel((_, command) ->
                BOOKINGS.indexOf(command.what()) == failing
                    ? rejected
                    : new Settlement.Accepted("done")))
        .isEqualTo(expected);
    assertThat(
            travel((_, command) -> {
              if (BOOKINGS.indexOf(command.what()) == failing) {
                throw new IOException("nobody there");
              }
              return new Settlement.Accepted("done");
            }))
        .isEqualTo(expected);
  }

  @Test
  void one_that_cannot_be_taken_back_does_not_keep_the_others() {
    assertThat(
            travel((_, command) ->
                command.what().equals("car") || command.equals(new Command(true, "hotel"))
                    ? new Settlement.Rejected("no")
                    : new Settlement.Accepted("done")))
        .containsExactly("book flight", "book hotel", "cancel flight");
  }

  @Test
  void they_are_a_value_of_which_nothing_is_lost() {
    var none = Compensations.<String>none();
    var all = none;
    for (var step : IntStream.range(0, 5).mapToObj(i -> "undo " + i).toList()) {
      all = all.plus(step);
    }

    assertThat(none.isEmpty()).isTrue();
    assertThat(all.isEmpty()).isFalse();
    assertThat(all.send("back"))
        .containsExactlyElementsOf(
            IntStream.of(4, 3, 2, 1, 0).mapToObj(i -> Effect.send("back", "undo " + i)).toList());
  }
}
