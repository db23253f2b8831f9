// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ResolvedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

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

  private static ProjectionSource source(String name) throws IOException {
    return new ProjectionSource(
        name, Files.readString(CORPUS.resolve(name).resolve("projection.js")));
  }

  private static List<ResolvedEvent> given(String name) throws IOException {
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
