// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import io.leftfold.projections.EmittedEvent;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// An outcome in the words of an [Expectation]: each part under its name, nothing as `null`.
final class OutcomeJson {

  static final String STATE = "state";
  static final String STATES = "states";
  static final String SHARED = "shared";
  static final String RESULT = "result";
  static final String RESULTS = "results";
  static final String EMITTED = "emitted";
  static final String LOGGED = "logged";
  static final String FAULT = "fault";
  static final String FAULTS = "faults";

  static final List<String> PARTS =
      List.of(STATE, STATES, SHARED, RESULT, RESULTS, EMITTED, LOGGED, FAULT, FAULTS);

  private static final JsonMapper MAPPER = JsonMapper.shared();

  private OutcomeJson() {}

  static JsonNode part(Outcome outcome, String name) {
    return switch (name) {
      case STATE -> json(outcome.states().getOrDefault("", ""));
      case STATES -> byPartition(outcome.states());
      case SHARED -> json(outcome.shared().orElse(""));
      case RESULT -> json(outcome.results().getOrDefault("", ""));
      case RESULTS -> byPartition(outcome.results());
      case EMITTED -> array(outcome.emitted().stream().map(OutcomeJson::emitted).toList());
      case LOGGED -> MAPPER.valueToTree(outcome.logged());
      case FAULT ->
          outcome.faults().isEmpty() ? NullNode.getInstance() : fault(outcome.faults().getFirst());
      case FAULTS -> array(outcome.faults().stream().map(OutcomeJson::fault).toList());
      default -> throw new IllegalArgumentException("An outcome has no part " + name);
    };
  }

  /// What an author wants to have written down.
  static ObjectNode whole(Outcome outcome) {
    var whole = MAPPER.createObjectNode();
    for (var name : PARTS) {
      var isWanted =
          switch (name) {
            case STATE -> outcome.definition().isPresent() && !outcome.isPartitioned();
            case STATES -> outcome.isPartitioned();
            case SHARED -> outcome.shared().isPresent();
            case RESULT -> outcome.hasResults() && !outcome.isPartitioned();
            case RESULTS -> outcome.hasResults() && outcome.isPartitioned();
            case EMITTED -> outcome.definition().isPresent();
            case LOGGED -> !outcome.logged().isEmpty();
            case FAULT -> !outcome.faults().isEmpty();
            default -> false;
          };
      if (isWanted) {
        whole.set(name, part(outcome, name));
      }
    }
    return whole;
  }

  private static JsonNode json(String text) {
    return text.isEmpty() ? NullNode.getInstance() : MAPPER.readTree(text);
  }

  private static ObjectNode byPartition(Map<String, String> texts) {
    var object = MAPPER.createObjectNode();
    texts.forEach((partition, text) -> object.set(partition, json(text)));
    return object;
  }

  private static ArrayNode array(List<ObjectNode> nodes) {
    return MAPPER.createArrayNode().addAll(nodes);
  }

  static ObjectNode emitted(EmittedEvent event) {
    var node = MAPPER.createObjectNode().put("stream", event.stream()).put("type", event.type());
    if (event.isJson()) {
      node.set("data", MAPPER.readTree(event.data()));
    } else {
      node.put("data", event.data());
    }
    if (!event.metadata().isEmpty()) {
      node.set("metadata", MAPPER.readTree(event.metadata()));
    }
    return node;
  }

  static ObjectNode fault(Outcome.Fault found) {
    var fault = found.fault();
    var node =
        MAPPER.createObjectNode().put("message", fault.message()).put("kind", fault.kind().name());
    fault
        .place()
        .ifPresent(place ->
            node.put("line", place.line())
                .put("column", place.column())
                .put("function", place.function()));
    if (found.event() > 0) {
      node.put("event", found.event());
    }
    fault.partition().ifPresent(partition -> node.put("partition", partition));
    fault.stateBefore().ifPresent(state -> node.set("stateBefore", json(state)));
    return node;
  }
}
