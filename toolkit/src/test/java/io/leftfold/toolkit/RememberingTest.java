// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// A state that is remembered is the fold from zero, whatever was done to the stream.
final class RememberingTest {

  /// Numbers that are added one after the other: the state is all of them, so nothing escapes.
  private static final Decider<Integer, List<Integer>, Integer, String> NUMBERS =
      Decider.of(
          List.of(),
          (number, _) -> Decision.accept(number),
          (numbers, number) ->
              IntStream.concat(numbers.stream().mapToInt(one -> one), IntStream.of(number))
                  .boxed()
                  .toList());

  private static final EventCodec<Integer> CODEC =
      EventCodec.of(
          number ->
              ProposedEvent.json("Added", "" + number).withTags(Tag.of("parity", "" + number % 2)),
          event -> Decoded.known(Integer.parseInt(event.dataAsText())));

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());

  @AfterEach
  void close() {
    store.close();
  }

  private static StreamName stream(int number) {
    return StreamName.of("numbers-%d".formatted(number % 3));
  }

  private static CommandHandler<Integer, List<Integer>, Integer, String> numbers(
      EventStore store, int rememberedStatesMax) {
    return CommandHandler.of(store, NUMBERS, CODEC, RememberingTest::boundary)
        .with(HandlingOptions.defaults().withRememberedStatesMax(rememberedStatesMax));
  }

  /// By chance a stream, or a query over all three.
  private static Boundary<Integer> boundary(int number) {
    return number % 5 == 0
        ? Boundary.query(
            Query.of(Query.tagged(Tag.of("parity", "" + number % 2))), RememberingTest::stream)
        : Boundary.stream(stream(number));
  }

  @RepeatedTest(8)
  void whatever_is_done_a_remembered_state_is_the_fold_from_zero() {
    var seed = Steps.seed();
    var random = new Random(seed);
    var remembering = numbers(store, 1 + random.nextInt(5));
    var forgetful = numbers(store, 0);
    var snapshots = Snapshots.of("numbers", 1, Object::toString, RememberingTest::parsed);

    for (var step = 0; step < 80; step++) {
      var number = random.nextInt(1000);
      switch (random.nextInt(12)) {
        case 0 -> store.delete(existing(number), ExpectedState.any());
        case 1 ->
            store.writeMetadata(
                existing(number),
                ExpectedState.any(),
                StreamMetadata.none().withTruncateBefore(random.nextInt(20)));
        case 2 -> store.writeMetadata(existing(number), ExpectedState.any(), StreamMetadata.none());
        case 3, 4, 5 -> forgetful.handle(number);
        case 6, 7, 8 ->
            // As after a new start, of one version or the other.
            numbers(store, 0)
                .with(
                    new Snapshots<>(
                        snapshots.name(),
                        1 + random.nextInt(2),
                        snapshots.write(),
                        snapshots.read(),
                        1 + random.nextInt(4),
                        snapshots.folding()))
                .handle(number);
        default -> remembering.handle(number);
      }
      for (var asked = 0; asked < 3; asked++) {
        var boundary = boundary(random.nextInt(1000));
        assertThat(remembering.state(boundary))
            .as("seed %d, step %d, %s", seed, step, boundary)
            .isEqualTo(forgetful.state(boundary));
        assertThat(numbers(store, 0).with(snapshots).state(boundary))
            .as("from the snapshot, seed %d, step %d, %s", seed, step, boundary)
            .isEqualTo(forgetful.state(boundary));
        var moment = new AsOf.Position(random.nextLong(1 + events()));
        assertThat(numbers(store, 0).with(snapshots).stateAsOf(boundary, moment))
            .as("seed %d, step %d, %s, %s", seed, step, boundary, moment)
            .isEqualTo(forgetful.stateAsOf(boundary, moment));
      }
    }
  }

  /// All that is in the store, snapshots too.
  private long events() {
    try (var all = store.read(Query.everything(), ReadOptions.forwards())) {
      return all.head().end();
    }
  }

  private static List<Integer> parsed(String numbers) {
    var inner = numbers.substring(1, numbers.length() - 1);
    return inner.isEmpty()
        ? List.of()
        : Arrays.stream(inner.split(", ", -1)).map(Integer::valueOf).toList();
  }

  /// A stream that holds something, for only such a one can be deleted.
  private StreamName existing(int number) {
    var stream = stream(number);
    store.append(stream, ExpectedState.any(), CODEC.encode(number));
    return stream;
  }

  @Test
  void only_what_is_new_is_read_again() {
    var counting = new CountingStore(store);
    var remembering = numbers(counting, 2);
    for (var i = 0; i < 100; i++) {
      remembering.handle(3); // a stream
      remembering.handle(5); // a query, another stream
    }

    // Its own event each time; the query sees both kinds, both are odd.
    assertThat(counting.events()).isLessThan(400);
    assertThat(remembering.state(boundary(3))).hasSize(100);
    assertThat(remembering.state(boundary(5))).hasSize(200);
  }

  @Test
  void what_was_not_asked_for_longest_is_forgotten() {
    var counting = new CountingStore(store);
    var remembering = numbers(counting, 2);
    var read = new ArrayList<Long>();
    for (var number : List.of(3, 3, 3, 1, 1, 1, 2)) {
      remembering.handle(number);
    }
    for (var number : List.of(1, 2, 3)) {
      counting.reset();
      remembering.state(boundary(number));
      read.add(counting.events());
    }

    // 1 and 2 are remembered but for their last event; 3 is read whole.
    assertThat(read).containsExactly(1L, 1L, 3L);
  }
}
