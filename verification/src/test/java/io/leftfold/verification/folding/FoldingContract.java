// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.folding;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.States;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What folding for readers promises, from one store that all tests of the class share.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FoldingContract {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int WRITERS = 16;
  private static final int EVENTS = 20;

  private int tests;
  private String type = "";

  @SuppressWarnings("NullAway.Init")
  EventStore store;

  private final InMemoryReadModel<List<Long>> readModel = new InMemoryReadModel<>();

  /// An empty store.
  abstract EventStore open();

  @BeforeAll
  final void openStore() {
    store = open();
  }

  @AfterAll
  final void closeStore() {
    store.close();
  }

  @BeforeEach
  final void nameEvents() {
    type = "Counted%d".formatted(++tests);
  }

  // ---- words to speak about it

  /// Where the events of each stream are, in order.
  private Projection<Long, States<List<Long>>> places(int version) {
    return Projection.<Long, States<List<Long>>>of(
            type,
            version,
            EventCodec.of(
                number -> ProposedEvent.json(type, "" + number),
                event -> Decoded.known(event.position())),
            (states, occurred) -> {
              var places = new ArrayList<>(states.of(occurred.partition()).orElse(List.of()));
              places.add(occurred.event());
              states.put(occurred.partition(), List.copyOf(places));
            })
        .from(EventFilter.matching(Query.of(Query.typed(type))));
  }

  private Projector<Long, States<List<Long>>> projector(int version) {
    return Projector.of(
        store, places(version), readModel, FoldingOptions.defaults().withBatchEventsMax(32));
  }

  private long append(int writer, long number) {
    return store
        .append(
            StreamName.of("%s-%d".formatted(type, writer)),
            ExpectedState.any(),
            ProposedEvent.json(type, "" + number))
        .position()
        .orElseThrow();
  }

  private List<Future<Long>> writeAtOnce() {
    try (var threads = Executors.newFixedThreadPool(WRITERS)) {
      var writers = new ArrayList<Future<Long>>();
      for (var i = 0; i < WRITERS; i++) {
        var writer = i;
        writers.add(
            threads.submit(() -> {
              var last = 0L;
              for (var number = 0; number < EVENTS; number++) {
                last = append(writer, number);
              }
              return last;
            }));
      }
      return writers;
    }
  }

  private Map<String, List<Long>> expected(AsOf moment) {
    var all = new TreeMap<String, List<Long>>();
    store
        .read(Query.of(Query.typed(type)), ReadOptions.forwards().asOf(moment))
        .events()
        .forEach(event ->
            all.computeIfAbsent(event.stream().value(), _ -> new ArrayList<>())
                .add(event.position()));
    return all;
  }

  private Map<String, List<Long>> states() {
    return readModel.read(type, States::all);
  }

  // ---- what it promises

  @Test
  void while_many_write_each_event_is_folded_once_and_in_order() throws Exception {
    try (var projector = projector(1)) {
      projector.start();
      for (var writer : writeAtOnce()) {
        assertThat(projector.await(writer.get(), LONG)).isTrue();
      }
      assertThat(states()).isEqualTo(expected(AsOf.now()));
      assertThat(states()).hasSize(WRITERS);

      assertThat(projector.await(append(0, EVENTS), LONG)).isTrue();
      assertThat(states().get(type + "-0")).hasSize(EVENTS + 1);
    }
  }

  @Test
  void whoever_takes_over_goes_on_where_the_other_one_was() throws Exception {
    var writers = Executors.newSingleThreadExecutor();
    try (writers) {
      var writing = writers.submit(this::writeAtOnce);
      for (var i = 0; i < 5; i++) {
        try (var projector = projector(1)) {
          projector.start();
          assertThat(projector.await(append(i, 100), LONG)).isTrue();
        }
      }
      writing.get();
    }
    projector(1).catchUp();

    assertThat(states()).isEqualTo(expected(AsOf.now()));
  }

  @Test
  void a_new_version_takes_over_while_many_write() throws Exception {
    try (var old = projector(1);
        var next = projector(2)) {
      old.start();
      assertThat(old.await(append(0, 0), LONG)).isTrue();
      next.start();
      for (var writer : writeAtOnce()) {
        assertThat(next.await(writer.get(), LONG)).isTrue();
      }
      // It has all of that, perhaps a moment before it takes over.
      while (!next.status().role().equals(Optional.of(Role.LIVE))) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(states()).isEqualTo(expected(AsOf.now()));
    }
  }

  @Test
  void the_past_is_the_fold_of_what_was_there_then() {
    var fifth = 0L;
    for (var number = 0; number < 10; number++) {
      var position = append(number % 2, number);
      fifth = number == 4 ? position : fifth;
    }
    var moment = new AsOf.Position(fifth + 1);

    var past =
        projector(1)
            .asOf(moment, new InMemoryReadModel<List<Long>>())
            .<Map<String, List<Long>>>read(type, States::all);

    assertThat(past).isEqualTo(expected(moment));
    assertThat(past.values().stream().mapToInt(List::size).sum()).isEqualTo(5);
  }
}
