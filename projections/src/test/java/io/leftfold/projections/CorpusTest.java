// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.projections.storage.ProjectionStreams;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The language, row by row: each folder of the corpus has a script, the events it is given, and
/// what is to come of it.
final class CorpusTest {

  private static final Path CORPUS = Path.of("src/test/resources/corpus");
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final ProjectionRuntime RUNTIME = ProjectionRuntime.open();
  private static final ProjectionLimits LIMITS =
      ProjectionLimits.DEFAULT
          .withTimes(Duration.ofSeconds(20), Duration.ofSeconds(20))
          .withPartitionsKept(1);

  @AfterAll
  static void close() {
    RUNTIME.close();
  }

  static List<String> cases() throws IOException {
    try (var folders = Files.list(CORPUS)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  /// States are JSON: to save after each event, keep one of them and go on from what was saved,
  /// changes nothing.
  @ParameterizedTest
  @MethodSource("cases")
  void a_case_comes_out_as_expected_whenever_its_states_are_saved_and_forgotten(String name)
      throws IOException {
    var expected = MAPPER.readTree(Files.readString(CORPUS.resolve(name).resolve("expected.json")));
    try {
      var compiled = RUNTIME.compile(source(name), LIMITS);
      var definition = compiled.definition();
      compareDefinition(expected, definition);
      var given = given(name);
      try (var projection = InMemoryProjection.of(compiled)) {
        var fault = firstFault(projection, given);
        compareFault(expected.path("fault"), fault);
        compare(expected, projection);
        var saved = outcome(compiled, given, 1);
        // Nothing was saved in between, so it need not be done once more.
        var isWhole = fault.isEmpty() && !definition.biState();
        assertThat(saved)
            .isEqualTo(
                isWhole
                    ? new Outcome(projection.states(), Map.of(), List.copyOf(projection.emitted()))
                    : outcome(compiled, given, 1000));
      }
    } catch (ProjectionFaultException e) {
      if (e.fault().event().isPresent()) {
        throw e;
      }
      compareFault(expected.path("fault"), Optional.of(e.fault()));
    }
  }

  /// Cases whose events no store gives like this, and why.
  private static final Map<String, String> NOT_OF_A_STORE =
      Map.of(
          "foreach-stream-takes-the-origin-from-the-link",
          "who reads everything is given links, and not what they lead to",
          "deleted-softly",
          "in front of the first event of a deleted stream a store puts one of its own");

  static List<String> casesOfStores() throws IOException {
    assertThat(cases()).containsAll(NOT_OF_A_STORE.keySet());
    return cases().stream().filter(name -> !NOT_OF_A_STORE.containsKey(name)).toList();
  }

  /// Read from a store, written to it, and asked for as everybody asks. Each event has been folded
  /// before the next one comes, for what is deleted is not there any more.
  @ParameterizedTest
  @MethodSource("casesOfStores")
  void a_case_comes_out_as_expected_in_a_store(String name) throws IOException {
    var expected = MAPPER.readTree(Files.readString(CORPUS.resolve(name).resolve("expected.json")));
    var clock = new ManualClock(Instant.parse("2026-11-01T08:00:00Z"));
    var options = ProjectionOptions.defaults().with(LIMITS).with(clock).withWorkers(1);
    try (var fixture = new Fixture(new InMemoryEventStore(clock), options)) {
      fixture.projections.create(NewProjection.continuous("case", source(name).text()).emitting());
      awaitFolded(fixture);
      for (var resolved : given(name)) {
        clock.advance(Duration.between(clock.instant(), resolved.original().recorded()));
        append(fixture.store, resolved);
        awaitFolded(fixture);
      }
      compareFault(expected.path("fault"), fixture.projections.statistics("case"));
      compare(expected, fixture);
    }
  }

  /// Waits until nothing is ahead that it wants, and what it made of the rest is written.
  private static void awaitFolded(Fixture fixture) {
    Fixture.await(() -> {
      var now = fixture.projections.statistics("case");
      return now.state() == ProjectionState.FAULTED
          || (now.lagEvents() == 0 && now.writesInProgress() == 0);
    });
  }

  private static void append(EventStore store, ResolvedEvent resolved) {
    var event = resolved.event().orElseThrow();
    if (event.type().equals(RecordedEvent.TOMBSTONE_TYPE)) {
      store.tombstone(event.stream(), ExpectedState.any());
      return;
    }
    store.append(event.stream(), ExpectedState.any(), proposed(event, event.id()));
    resolved
        .link()
        .ifPresent(link ->
            store.append(link.stream(), ExpectedState.any(), proposed(link, new UUID(8, 8))));
  }

  private static ProposedEvent proposed(RecordedEvent event, UUID id) {
    return new ProposedEvent(
        id, event.type(), event.contentType(), event.data(), event.metadata(), List.of());
  }

  private static void compareFault(JsonNode expected, ProjectionStatistics found) {
    assertThat(found.state())
        .as(found.reason())
        .isEqualTo(expected.isMissingNode() ? ProjectionState.RUNNING : ProjectionState.FAULTED);
    assertThat(found.reason()).contains(expected.path("contains").asString(""));
    if (expected.has("line")) {
      assertThat(found.reason()).contains("line " + expected.get("line").asString());
    }
  }

  private static void compare(JsonNode expected, Fixture fixture) {
    var projections = fixture.projections;
    if (expected.has("states")) {
      var states = new HashMap<String, String>();
      for (var partition : projections.partitions("case", "", 1_000)) {
        states.put(partition, fixture.texts("$projectionstate-1.0-" + partition).getLast());
      }
      assertThat(states).isEqualTo(texts(expected.get("states")));
    }
    if (expected.has("stateLength")) {
      assertThat(fixture.state("case", "")).hasSize(expected.get("stateLength").asInt());
    }
    if (expected.has("shared")) {
      assertThat(fixture.texts("$projectionstate-1.0.shared").getLast())
          .isEqualTo(expected.get("shared").asString());
    }
    if (expected.has("emitted")) {
      assertThat(emitted(fixture.store))
          .isEqualTo(expected.get("emitted").valueStream().map(CorpusTest::emitted).toList());
    }
    compareResults(texts(expected.path("results")), fixture);
  }

  private static void compareResults(Map<String, String> expected, Fixture fixture) {
    if (expected.isEmpty()) {
      return;
    }
    var results = fixture.projections.query("case").definition().orElseThrow().results();
    var streams = ResultStreams.of(results, new ProjectionStreams("case", 1));
    expected.forEach((partition, result) -> {
      assertThat(fixture.projections.result("case", partition).json())
          .as(partition)
          .isEqualTo(result);
      if (results.output() && !streams.isShared(partition)) {
        var written = fixture.events(streams.of(partition).value());
        assertThat(written.isEmpty() ? "" : written.getLast().dataAsText())
            .as("results of " + partition)
            .isEqualTo(result);
      }
    });
  }

  /// What is tagged, without the tag.
  private static List<EmittedEvent> emitted(EventStore store) {
    return store.readAll(ReadOptions.forwards()).events().stream()
        .filter(event -> event.metadataAsText().startsWith("{\"$v\":"))
        .map(event -> {
          var metadata = (ObjectNode) MAPPER.readTree(event.metadataAsText());
          metadata.remove(List.of("$v", "$c", "$p", "$causedBy"));
          return new EmittedEvent(
              event.stream().value(),
              event.type(),
              event.contentType() == ContentType.JSON,
              event.dataAsText(),
              metadata.isEmpty() ? "" : metadata.toString());
        })
        .toList();
  }

  /// @param events what was emitted, and faults
  private record Outcome(
      Map<String, String> states, Map<String, String> shared, List<Object> events) {}

  private static Outcome outcome(
      CompiledProjection compiled, List<ResolvedEvent> given, int eventsBetweenSaves) {
    var states = new LinkedHashMap<String, String>();
    var shared = new HashMap<String, String>();
    var events = new ArrayList<Object>();
    var saved =
        new SavedStates() {
          @Override
          public Optional<String> state(String partition) {
            return Optional.ofNullable(states.get(partition));
          }

          @Override
          public Optional<String> sharedState() {
            return Optional.ofNullable(shared.get(""));
          }
        };
    try (var fold = compiled.fold(saved)) {
      for (var event : given) {
        try {
          events.addAll(fold.handle(event).emitted());
        } catch (ProjectionFaultException e) {
          events.add(e.fault());
        }
        if (fold.unsavedEvents() >= eventsBetweenSaves) {
          take(fold.save(), states, shared);
        }
      }
      take(fold.save(), states, shared);
    }
    return new Outcome(states, shared, events);
  }

  private static void take(
      StateChanges changes, Map<String, String> states, Map<String, String> shared) {
    changes.applyTo(states);
    changes.shared().ifPresent(state -> shared.put("", state));
  }

  static ProjectionSource source(String name) throws IOException {
    return new ProjectionSource(
        name, Files.readString(CORPUS.resolve(name).resolve("projection.js")));
  }

  static List<ResolvedEvent> given(String name) throws IOException {
    var events = new Events();
    for (var line : Files.readAllLines(CORPUS.resolve(name).resolve("given.ndjson"))) {
      events.line(MAPPER.readTree(line));
    }
    return events.all();
  }

  private static Optional<ProjectionFault> firstFault(
      InMemoryProjection projection, List<ResolvedEvent> events) {
    try {
      events.forEach(projection::handle);
      return Optional.empty();
    } catch (ProjectionFaultException e) {
      return Optional.of(e.fault());
    }
  }

  private static void compare(JsonNode expected, InMemoryProjection projection) {
    if (expected.has("states")) {
      assertThat(projection.states()).isEqualTo(texts(expected.get("states")));
    }
    if (expected.has("stateLength")) {
      assertThat(projection.state("")).hasSize(expected.get("stateLength").asInt());
    }
    if (expected.has("shared")) {
      assertThat(projection.sharedState()).isEqualTo(expected.get("shared").asString());
    }
    texts(expected.path("results"))
        .forEach((partition, result) ->
            assertThat(projection.result(partition)).as(partition).isEqualTo(result));
    if (expected.has("emitted")) {
      var emitted = expected.get("emitted").valueStream().map(CorpusTest::emitted).toList();
      assertThat(projection.emitted()).isEqualTo(emitted);
    }
    if (expected.has("logged")) {
      assertThat(projection.logged())
          .isEqualTo(expected.get("logged").valueStream().map(JsonNode::asString).toList());
    }
  }

  private static EmittedEvent emitted(JsonNode node) {
    return new EmittedEvent(
        node.get("stream").asString(),
        node.get("type").asString(),
        node.path("isJson").asBoolean(true),
        node.get("data").asString(),
        node.path("metadata").asString(""));
  }

  private static Map<String, String> texts(JsonNode node) {
    var texts = new LinkedHashMap<String, String>();
    node.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString()));
    return texts;
  }

  private static void compareFault(JsonNode expected, Optional<ProjectionFault> found) {
    if (expected.isMissingNode()) {
      assertThat(found).isEmpty();
      return;
    }
    var fault = found.orElseThrow(() -> new AssertionError("No fault, expected " + expected));
    assertThat(fault.message()).contains(expected.path("contains").asString(""));
    assertThat(fault.kind().name()).isEqualTo(expected.get("kind").asString());
    var place = fault.place();
    compare(expected, "line", place.map(at -> Integer.toString(at.line())));
    compare(expected, "column", place.map(at -> Integer.toString(at.column())));
    compare(expected, "function", place.map(ProjectionFault.Place::function));
    compare(expected, "position", fault.event().map(event -> Long.toString(event.position())));
    compare(expected, "stateBefore", fault.stateBefore());
  }

  private static void compare(JsonNode expected, String name, Optional<String> found) {
    if (expected.has(name)) {
      assertThat(found).as(name).hasValue(expected.get(name).asString());
    }
  }

  private static void compareDefinition(JsonNode expected, ProjectionDefinition definition) {
    if (expected.has("notes")) {
      assertThat(definition.notes())
          .isEqualTo(expected.get("notes").valueStream().map(JsonNode::asString).toList());
    }
    var parts = definitionParts(definition);
    expected
        .path("definition")
        .properties()
        .forEach(entry ->
            assertThat(parts.get(entry.getKey()))
                .as(entry.getKey())
                .isEqualTo(plain(entry.getValue())));
  }

  private static Map<String, Object> definitionParts(ProjectionDefinition definition) {
    var parts = new HashMap<String, Object>();
    if (definition.sources() instanceof ProjectionDefinition.Sources.Streams(var names)) {
      parts.put("streams", names);
    }
    if (definition.types() instanceof ProjectionDefinition.EventTypes.Named(var names)) {
      parts.put("types", names);
    }
    parts.put("biState", definition.biState());
    parts.put("includeLinks", definition.includeLinks());
    parts.put("reorderEvents", definition.reorderEvents());
    definition.processingLag().ifPresent(lag -> parts.put("lagMillis", (int) lag.toMillis()));
    parts.put("output", definition.results().output());
    parts.put("chain", definition.results().chain().stream().map(Enum::name).toList());
    definition.results().stream().ifPresent(name -> parts.put("resultStream", name));
    definition.results().partitionPattern().ifPresent(name -> parts.put("partitionPattern", name));
    return parts;
  }

  private static @Nullable Object plain(JsonNode node) {
    Function<JsonNode, Object> leaf =
        item ->
            item.isBoolean()
                ? (Object) item.asBoolean()
                : item.isNumber() ? (Object) item.asInt() : item.asString();
    if (node.isNull()) {
      return null;
    }
    return node.isArray() ? node.valueStream().map(leaf).toList() : leaf.apply(node);
  }
}
