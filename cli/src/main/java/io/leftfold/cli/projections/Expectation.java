// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import io.leftfold.cli.output.Printable;
import io.leftfold.projections.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// What is to come of a case: a JSON object of the parts that are to be looked at, or, if it has
/// other members than those, the state itself.
///
/// | part | is |
/// |---|---|
/// | `state`, `states` | the one state; all states by partition |
/// | `shared` | the state that all partitions share |
/// | `result`, `results` | the same, of results |
/// | `emitted` | all that was emitted, in order: `stream`, `type`, and `data`, `metadata` if they are to be looked at |
/// | `logged` | all lines |
/// | `fault` | the failure that ends the case: a text that its message contains, or an object of `contains`, `message`, `kind`, `line`, `column`, `function`, `event` (its number, from 1), `partition`, `stateBefore` |
/// | `faults` | all failures, where each event that fails is left out |
///
/// `null` is nothing.
public final class Expectation {

  private static final int SHOWN_CHARACTERS = 300;
  private static final String CONTAINS = "contains";

  private final ObjectNode parts;
  private final boolean isBareState;

  private Expectation(ObjectNode parts, boolean isBareState) {
    this.parts = parts;
    this.isBareState = isBareState;
  }

  /// Reads a file.
  ///
  /// @param file where
  /// @return what it expects
  /// @throws IOException if it cannot be read
  /// @throws MalformedCaseException if it is not JSON
  public static Expectation read(Path file) throws IOException {
    try {
      return of(JsonMapper.shared().readTree(Files.readString(file)));
    } catch (JacksonException e) {
      var place = e.getLocation();
      throw new MalformedCaseException(
          "%s is not JSON: %s%s"
              .formatted(
                  file,
                  e.getOriginalMessage(),
                  place == null
                      ? ""
                      : " (line %d, column %d)".formatted(place.getLineNr(), place.getColumnNr())));
    }
  }

  static Expectation of(JsonNode json) {
    var names = json.propertyNames();
    if (json instanceof ObjectNode object
        && !names.isEmpty()
        && Set.copyOf(OutcomeJson.PARTS).containsAll(names)) {
      return new Expectation(object, false);
    }
    var parts = JsonMapper.shared().createObjectNode();
    parts.set(OutcomeJson.STATE, json);
    return new Expectation(parts, true);
  }

  /// Whether an event that fails is left out; otherwise it is the last one.
  ///
  /// @return whether all failures are expected at once
  public boolean goesOn() {
    return parts.has(OutcomeJson.FAULTS);
  }

  /// What is not as expected.
  ///
  /// @param projection the name of the script, for messages
  /// @param outcome what came of it
  /// @return a text for each thing; none if all is as expected
  public List<String> problems(String projection, Outcome outcome) {
    var problems = new ArrayList<String>();
    if (!parts.has(OutcomeJson.FAULT) && !parts.has(OutcomeJson.FAULTS)) {
      outcome.faults().forEach(fault -> problems.add(fault.fault().describe(projection)));
    }
    parts
        .properties()
        .forEach(part -> {
          var found = looked(part.getKey(), part.getValue(), outcome);
          for (var difference : Difference.between(part.getValue(), found)) {
            problems.add(sentence(part.getKey(), difference));
          }
        });
    if (!problems.isEmpty() && isBareState && outcome.isPartitioned()) {
      problems.add(
          "What is expected was taken as the one state, but the script has a state for each partition; write {\"states\": {\"<partition>\": …}}");
    } else if (!problems.isEmpty() && isBareState) {
      problems.add(
          "What is expected was taken as the state itself, since not all of its members are among "
              + String.join(", ", OutcomeJson.PARTS));
    }
    return problems;
  }

  private static String sentence(String part, Difference difference) {
    return "%s: expected %s, got %s"
        .formatted(
            part + difference.path(),
            difference.before().map(Expectation::shown).orElse("nothing"),
            difference.after().map(Expectation::shown).orElse("nothing"));
  }

  private static String shown(String json) {
    var text = Printable.of(json);
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }

  /// A part of the outcome, without what is not to be looked at.
  private static JsonNode looked(String part, JsonNode expected, Outcome outcome) {
    var found = OutcomeJson.part(outcome, part);
    return switch (part) {
      case OutcomeJson.EMITTED -> each(expected, found, Expectation::namedOf);
      case OutcomeJson.FAULT -> ofFault(expected, found);
      case OutcomeJson.FAULTS -> each(expected, found, Expectation::ofFault);
      default -> found;
    };
  }

  private interface Looked {
    JsonNode at(JsonNode expected, JsonNode found);
  }

  private static JsonNode each(JsonNode expected, JsonNode found, Looked looked) {
    var all = JsonMapper.shared().createArrayNode();
    for (var i = 0; i < found.size(); i++) {
      var item = found.path(i);
      all.add(
          expected instanceof ArrayNode && expected.has(i)
              ? looked.at(expected.path(i), item)
              : item);
    }
    return all;
  }

  private static JsonNode namedOf(JsonNode expected, JsonNode found) {
    if (!(found instanceof ObjectNode object) || !expected.isObject()) {
      return found;
    }
    return object.deepCopy().retain(expected.propertyNames());
  }

  /// A message that contains what is expected becomes what is expected.
  private static JsonNode ofFault(JsonNode expected, JsonNode found) {
    if (found instanceof NullNode) {
      return found;
    }
    var message = found.path("message").asString("");
    if (expected instanceof StringNode text) {
      return message.contains(text.asString()) ? text : StringNode.valueOf(message);
    }
    if (!(found.deepCopy() instanceof ObjectNode object)) {
      return found;
    }
    var text = expected.path(CONTAINS).asString("");
    object.put(CONTAINS, message.contains(text) ? text : message);
    return namedOf(expected, object);
  }
}
