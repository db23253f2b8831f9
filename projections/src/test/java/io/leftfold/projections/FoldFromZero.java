// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// What a projection that parks events should have come to: a fold in memory of all that the log
/// holds now.
///
/// @param states by partition
/// @param results by partition
/// @param emitted by stream, in order: type and data
/// @param parked the positions of events that the script cannot take
record FoldFromZero(
    SequencedMap<String, String> states,
    Map<String, String> results,
    Map<String, List<String>> emitted,
    List<Long> parked) {

  static FoldFromZero of(EventStore store, String script) {
    var compiled = Fixture.RUNTIME.compile(new ProjectionSource("expected", script));
    var parked = new ArrayList<Long>();
    try (var projection = InMemoryProjection.of(compiled)) {
      for (var event : store.readAll(ReadOptions.forwards()).events()) {
        try {
          projection.handle(ResolvedEvent.plain(event));
        } catch (ProjectionFaultException _) {
          parked.add(event.position());
        }
      }
      var results = new LinkedHashMap<String, String>();
      var states = projection.states();
      if (compiled.definition().results().output()) {
        states.keySet().forEach(partition -> results.put(partition, projection.result(partition)));
      }
      var emitted = new LinkedHashMap<String, List<String>>();
      for (var event : projection.emitted()) {
        emitted
            .computeIfAbsent(event.stream(), _ -> new ArrayList<>())
            .add(event.type() + " " + event.data());
      }
      return new FoldFromZero(states, results, emitted, parked);
    }
  }

  /// Whether a projection has come to the same, and each event that it emitted is there once.
  void isWhatItCameTo(EventStore store, Projections projections, String name) {
    states.forEach((partition, state) ->
        assertThat(projections.state(name, partition).json())
            .as("state of %s of %s", partition, name)
            .isEqualTo(state));
    assertThat(projections.partitions(name, "", Integer.MAX_VALUE))
        .containsExactlyInAnyOrderElementsOf(states.keySet());
    emitted.forEach((stream, events) ->
        assertThat(texts(store, stream)).as("what was emitted to %s", stream).isEqualTo(events));
    assertThat(projections.parked(name, 0, 10_000))
        .extracting(ParkedEvent::position)
        .isEqualTo(parked);
    results.forEach((partition, result) -> isLast(store, name, partition, result));
  }

  /// The last of a partition's results, and that links lead to each of them once, in order.
  private static void isLast(EventStore store, String name, String partition, String result) {
    var streams = new ProjectionStreams(name, 0);
    var stream = StreamName.of(streams.partitionResults().replace("{0}", partition));
    var written = store.read(stream, ReadOptions.forwards()).events();
    assertThat(written.getLast().dataAsText()).as("result of %s", partition).isEqualTo(result);
    var links =
        store.read(streams.result(), ReadOptions.forwards()).events().stream()
            .map(RecordedEvent::dataAsText)
            .filter(link -> link.endsWith("@" + stream))
            .toList();
    assertThat(links)
        .isEqualTo(written.stream().map(event -> event.revision() + "@" + event.stream()).toList());
  }

  private static List<String> texts(EventStore store, String stream) {
    return store.read(StreamName.of(stream), ReadOptions.forwards()).events().stream()
        .map(event -> event.type() + " " + event.dataAsText())
        .toList();
  }
}
