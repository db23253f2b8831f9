// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;
import io.leftfold.api.Tag;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import java.time.Clock;
import java.util.ArrayList;
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
        default -> remembering.handle(number);
      }
      for (var asked = 0; asked < 3; asked++) {
        var boundary = boundary(random.nextInt(1000));
        assertThat(remembering.state(boundary))
            .as("seed %d, step %d, %s", seed, step, boundary)
            .isEqualTo(forgetful.state(boundary));
      }
    }
  }

  /// A stream that holds something, for only such a one can be deleted.
  private StreamName existing(int number) {
    var stream = stream(number);
    store.append(stream, ExpectedState.any(), CODEC.encode(number));
    return stream;
  }

  /// Counts what is read.
  private static final class CountingStore extends ForwardingEventStore {
    private long events;

    CountingStore(EventStore store) {
      super(store);
    }

    @Override
    public StreamRead read(StreamName stream, ReadOptions options) {
      try (var counted = super.read(stream, options)) {
        events += count(counted);
      }
      return super.read(stream, options);
    }

    @Override
    public QueryRead read(Query query, ReadOptions options) {
      try (var counted = super.read(query, options)) {
        events += count(counted);
      }
      return super.read(query, options);
    }

    private static long count(EventRead read) {
      return read.stream().count();
    }
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
    assertThat(counting.events).isLessThan(400);
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
      counting.events = 0;
      remembering.state(boundary(number));
      read.add(counting.events);
    }

    // 1 and 2 are remembered but for their last event; 3 is read whole.
    assertThat(read).containsExactly(1L, 1L, 3L);
  }
}
