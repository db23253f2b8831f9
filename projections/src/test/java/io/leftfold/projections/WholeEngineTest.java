// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.reading.Question;
import io.leftfold.testkit.InMemoryEventStore;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the language promises, through reading, steps, streams of states and restarts; and what the
/// engine promises while others write.
final class WholeEngineTest {

  private static final ProjectionConfig SMALL_STEPS =
      ProjectionConfig.DEFAULT.withEmitEnabled(true).withCheckpoints(7, 10_000, 0);

  private final Fixture fixture =
      new Fixture(new InMemoryEventStore(), ProjectionOptions.defaults().withStateBytesMax(500));

  @AfterEach
  void close() {
    fixture.close();
  }

  private void create(String name, String script) {
    fixture.projections.create(NewProjection.continuous(name, script).with(SMALL_STEPS));
  }

  private long add(String stream, int n) {
    return fixture.append(stream, "Added", "{\"n\":%d}".formatted(n));
  }

  /// Appends from a thread of its own for each stream.
  private void addFromAll(List<String> streams, int events) {
    streams.stream()
        .map(stream ->
            CompletableFuture.runAsync(
                () -> IntStream.range(0, events).forEach(n -> add(stream, n))))
        .toList()
        .forEach(CompletableFuture::join);
  }

  @Test
  void partitions_and_the_state_that_they_share_survive_restarts_together() {
    create(
        "totals",
        """
        options({ biState: true });
        fromAll().foreachStream().when({
          $init: () => ({ sum: 0 }),
          $initShared: () => ({ total: 0, partitions: 0 }),
          $created(s) { s[1].partitions++; },
          Added(s, e) {
            s[0].sum += e.body.n;
            s[1].total += e.body.n;
            emit('totals', 'Total', { of: e.streamId, sum: s[0].sum, total: s[1].total, all: s[1].partitions });
            return s;
          }
        })
        """);
    var expected = new ArrayList<String>();
    var sums = new int[4];
    var total = 0;
    var seen = new HashSet<Integer>();
    for (var i = 1; i <= 60; i++) {
      var stream = i * 7 % 4;
      var at = add("s" + stream, i);
      seen.add(stream);
      sums[stream] += i;
      total += i;
      expected.add(
          "{\"of\":\"s%d\",\"sum\":%d,\"total\":%d,\"all\":%d}"
              .formatted(stream, sums[stream], total, seen.size()));
      if (i % 20 == 0) {
        fixture.awaitStep("totals", at);
        fixture.reopen();
      }
    }
    fixture.awaitStep("totals", add("s0", 0));

    assertThat(fixture.texts("totals").subList(0, 60)).isEqualTo(expected);
    assertThat(fixture.state("totals", "s1")).contains("\"sum\":" + sums[1]);
  }

  @Test
  void a_partition_is_told_when_its_stream_is_deleted_in_whatever_way() {
    for (var source : List.of("fromAll()", "fromCategory('room')")) {
      var name = source.startsWith("fromAll") ? "all" : "category";
      create(
          name,
          source
              + """
              .foreachStream().when({
                $init: () => ({ n: 0, gone: [] }),
                Added(s) { s.n++; },
                $deleted(s, e, partition, isSoft) {
                  s.gone.push(isSoft ? 'soft' : 'hard', partition);
                  emit('out', 'Gone', {});
                }
              })
              """);
    }
    add("room-1", 1);
    add("room-2", 1);
    fixture.store.delete(StreamName.of("room-1"), ExpectedState.any());
    fixture.reopen();
    add("room-1", 1);
    fixture.store.tombstone(StreamName.of("room-2"), ExpectedState.any());
    var last = add("room-3", 1);

    for (var name : List.of("all", "category")) {
      fixture.awaitStep(name, last);
      assertThat(fixture.state(name, "room-1"))
          .isEqualTo("{\"n\":2,\"gone\":[\"soft\",\"room-1\"]}");
      assertThat(fixture.state(name, "room-2"))
          .isEqualTo("{\"n\":1,\"gone\":[\"hard\",\"room-2\"]}");
      assertThat(fixture.state(name, "room-3")).isEqualTo("{\"n\":1,\"gone\":[]}");
    }
    assertThat(fixture.texts("out")).isEmpty();
  }

  @Test
  void several_streams_are_one_in_the_order_of_positions_while_others_write() {
    create(
        "merged",
        "fromStreams(['a', 'b-1', '$ce-b']).when({ $init: () => ({ n: 0 }), Added(s, e) { s.n++; linkTo('merged', e); } })");
    var streams = List.of("a", "b-1", "b-2", "c");
    addFromAll(streams, 60);
    fixture.reopen();
    addFromAll(streams, 60);
    fixture.awaitStep("merged", add("a", 0));

    var expected =
        streams.stream()
            .filter(stream -> !stream.equals("c"))
            .flatMap(stream -> fixture.events(stream).stream())
            .sorted(Comparator.comparingLong(RecordedEvent::position))
            .map(event -> event.revision() + "@" + event.stream())
            .toList();
    assertThat(expected).hasSize(361);
    assertThat(fixture.texts("merged")).isEqualTo(expected);
    assertThat(fixture.state("merged", "")).isEqualTo("{\"n\":361}");
  }

  @Test
  void whatever_a_projection_reads_it_is_woken_when_there_is_more() {
    var sources =
        List.of(
            "fromStream('b-1')",
            "fromStream('links')",
            "fromStream('$ce-b')",
            "fromStream('$et-Added')",
            "fromStream('$streams')",
            "fromStreams('b-1', 'x')",
            "fromStreams('$ce-b', 'x')",
            "fromCategory('b')",
            "fromAll()");
    for (var source : sources) {
      create("of " + source, source + ".when({ $init: () => ({ n: 0 }), Added(s) { s.n++; } })");
    }
    for (var n = 1; n <= 3; n++) {
      // Each of them is in the stream of streams once.
      add("b-" + n, n);
      if (n > 1) {
        add("b-1", n);
      }
      fixture.store.append(
          StreamName.of("links"),
          ExpectedState.any(),
          ProposedEvent.link(StreamName.of("b-1"), n - 1));
      for (var source : sources) {
        var expected =
            switch (source) {
              case "fromStream('b-1')", "fromStream('links')", "fromStreams('b-1', 'x')" -> n;
              case "fromStream('$streams')" -> n;
              default -> 2 * n - 1;
            };
        Fixture.await(
            () -> fixture.state("of " + source, "").equals("{\"n\":%d}".formatted(expected)));
      }
    }
  }

  @Test
  void what_it_does_not_read_wakes_it_as_seldom_as_can_be() {
    assertThat(news("a", "b-1")).isEqualTo(EventFilter.streamPrefix("a", "b-1"));
    assertThat(news("$ce-b")).isEqualTo(new EventFilter.Category("b"));
    assertThat(news("$et-Added")).isEqualTo(new EventFilter.Types(Set.of("Added")));
    assertThat(news("$streams")).isEqualTo(EventFilter.everything());
    assertThat(news("$ce-b", "a")).isEqualTo(EventFilter.everything());
  }

  private static EventFilter news(String... streams) {
    return new Question.Streams(Stream.of(streams).map(StreamName::of).toList()).news();
  }

  private static final String NUMBERS =
      """
      fromAll().when({
        $init: () => ({ n: 0 }),
        Added(s, e) { s.n++; emit('numbers', 'Number', { of: e.streamId, at: e.sequenceNumber }); }
      })
      """;

  /// What was emitted by each epoch, one after the other.
  private List<List<String>> numbersByEpoch() {
    var epochs = new ArrayList<List<String>>();
    var before = "";
    for (var event : fixture.events("numbers")) {
      var epoch = event.metadataAsText().split(":", -1)[2];
      if (!epoch.equals(before)) {
        epochs.add(new ArrayList<>());
        before = epoch;
      }
      epochs.getLast().add(event.dataAsText());
    }
    return epochs;
  }

  private List<String> allNumbers() {
    return Stream.of("a", "b")
        .flatMap(stream -> fixture.events(stream).stream())
        .sorted(Comparator.comparingLong(RecordedEvent::position))
        .map(event -> "{\"of\":\"%s\",\"at\":%d}".formatted(event.stream(), event.revision()))
        .toList();
  }

  /// Where about half of what there is was folded.
  private long firstOfLater() {
    var added = fixture.events("a");
    return added.isEmpty() ? -1 : added.get(added.size() / 2).position();
  }

  @Test
  void resets_while_others_write_emit_nothing_twice() {
    create("numbers", NUMBERS);
    var writing = CompletableFuture.runAsync(() -> addFromAll(List.of("a", "b"), 150));
    while (!writing.isDone()) {
      fixture.projections.reset("numbers");
      fixture.awaitStep("numbers", firstOfLater());
    }
    fixture.awaitStep("numbers", add("a", 0));

    assertThat(numbersByEpoch().stream().flatMap(List::stream).toList()).isEqualTo(allNumbers());
    assertThat(fixture.state("numbers", "")).isEqualTo("{\"n\":301}");
  }

  @Test
  void with_the_option_each_epoch_emits_all_again_from_the_first() {
    create("numbers", NUMBERS);
    var writing = CompletableFuture.runAsync(() -> addFromAll(List.of("a", "b"), 50));
    for (var resets = 0; resets < 3; resets++) {
      fixture.awaitStep("numbers", add("a", 0));
      fixture.projections.reset("numbers", true);
    }
    writing.join();
    fixture.awaitStep("numbers", add("b", 0));

    var all = allNumbers();
    var epochs = numbersByEpoch();
    assertThat(epochs).hasSize(4);
    assertThat(epochs)
        .allSatisfy(epoch -> assertThat(epoch).isEqualTo(all.subList(0, epoch.size())));
    assertThat(epochs.getLast()).isEqualTo(all);
  }

  @Test
  void versions_built_beside_while_others_write_take_over_without_a_gap_or_a_double() {
    create("numbers", NUMBERS);
    var writing = CompletableFuture.runAsync(() -> addFromAll(List.of("a", "b"), 200));
    for (var version = 1; version <= 2; version++) {
      var script = NUMBERS.replace("n: 0", "n: 0, version: " + version);
      fixture.projections.buildBeside("numbers", script, Optional.empty());
      Fixture.await(() -> fixture.projections.query("numbers").query().equals(script));
    }
    writing.join();
    fixture.awaitStep("numbers", add("a", 0));

    assertThat(numbersByEpoch().stream().flatMap(List::stream).toList()).isEqualTo(allNumbers());
    assertThat(fixture.state("numbers", "")).isEqualTo("{\"n\":401,\"version\":2}");
    // What the versions before have left goes away.
    Fixture.await(() -> statesOfEpochs("numbers").size() == 1);
  }

  private List<String> statesOfEpochs(String name) {
    var id =
        fixture.events("$projections-$all").stream()
            .filter(event -> event.dataAsText().equals(name))
            .map(RecordedEvent::revision)
            .findFirst()
            .orElseThrow();
    return fixture
        .store
        .streams(ListOptions.all().withPrefix("$projectionstate-%d.".formatted(id)))
        .stream()
        .map(summary -> summary.name().value())
        .filter(stream -> !stream.endsWith(".checkpoint"))
        .filter(stream ->
            !fixture.store.read(StreamName.of(stream), ReadOptions.forwards()).events().isEmpty())
        .toList();
  }

  @Test
  void the_state_that_partitions_share_is_that_of_the_empty_partition() {
    create(
        "shared",
        """
        fromAll().partitionBy(e => e.streamId).when({
          $init: () => ({ n: 0 }), $initShared: () => ({ all: 0 }),
          Added([s, all]) { s.n++; all.all++; }
        })
        """);
    add("a", 1);
    var second = add("b", 1);
    fixture.awaitStep("shared", add("a", 1));

    assertThat(fixture.state("shared", "")).isEqualTo("{\"all\":3}");
    assertThat(fixture.state("shared", "a")).isEqualTo("{\"n\":2}");
    for (var moment : List.of(new AsOf.Position(second), new AsOf.Position(second + 1))) {
      assertThat(fixture.projections.state("shared", "", moment, FoldProgress.UNHEARD).json())
          .isEqualTo("{\"all\":%d}".formatted(moment.end() - second + 1));
    }
    fixture.projections.disable("shared");
    assertThat(fixture.state("shared", "")).isEqualTo("{\"all\":3}");
    fixture.reopen();
    assertThat(fixture.state("shared", "")).isEqualTo("{\"all\":3}");
    try (var debugger =
        fixture.projections.debug("shared", new DebugStart.Zero(), FoldProgress.UNHEARD)) {
      debugger.step();
      var step = debugger.step().orElseThrow();
      assertThat(step.sharedBefore()).hasValue("{\"all\":1}");
      assertThat(step.sharedAfter()).hasValue("{\"all\":2}");
    }
  }
}
