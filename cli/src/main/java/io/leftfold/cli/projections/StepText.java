// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import io.leftfold.cli.output.EventJson;
import io.leftfold.cli.output.Printable;
import io.leftfold.cli.output.Style;
import io.leftfold.projections.DebugStep;
import io.leftfold.projections.Difference;
import io.leftfold.projections.FoldStep;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/// What an event did to a projection, for people and for programs.
public final class StepText {

  private static final int SHOWN_CHARACTERS = 160;

  private StepText() {}

  /// For people: the event, what changed in the state, what was emitted and logged.
  ///
  /// @param step what it did
  /// @param style of the lines
  /// @return some lines
  public static String of(DebugStep step, Style style) {
    var event = step.event().event().orElseGet(step.event()::original);
    var text = new StringBuilder();
    text.append(
            style.strong(
                "%,d  %s  %d@%s"
                    .formatted(
                        step.event().original().position(),
                        Printable.of(event.type()),
                        event.revision(),
                        Printable.of(event.stream().value()))))
        .append(step.partition().isEmpty() ? "" : "  in " + Printable.of(step.partition()))
        .append('\n');
    line(text, style.faint(cut(Printable.of(event.data(), SHOWN_CHARACTERS))));
    if (step.fault().isPresent()) {
      var fault = step.fault().get();
      line(text, style.warning("fails: ") + Printable.of(fault.message()));
      fault
          .place()
          .ifPresent(place ->
              line(
                  text,
                  "  line %d, column %d: %s"
                      .formatted(
                          place.line(), place.column(), Printable.of(place.text().strip()))));
      return text.toString();
    }
    if (step.outcome() != FoldStep.Outcome.HANDLED) {
      line(text, outcome(step.outcome()));
      return text.toString();
    }
    var changes = step.changes();
    changes.forEach(change -> line(text, changed("state", change)));
    if (changes.isEmpty()) {
      line(text, "state: unchanged");
    }
    step.sharedChanges().forEach(change -> line(text, changed("shared", change)));
    step.emitted()
        .forEach(emitted ->
            line(text, "emits: " + cut(Printable.of(OutcomeJson.emitted(emitted).toString()))));
    step.logged().forEach(logged -> line(text, "logs: " + cut(Printable.of(logged))));
    return text.toString();
  }

  private static void line(StringBuilder text, String line) {
    text.append("    ").append(line).append('\n');
  }

  private static String changed(String what, Difference change) {
    return "%s%s: %s → %s"
        .formatted(
            what,
            change.path(),
            cut(Printable.of(change.before().orElse("nothing"))),
            cut(Printable.of(change.after().orElse("nothing"))));
  }

  private static String outcome(FoldStep.Outcome outcome) {
    return switch (outcome) {
      case HANDLED -> "handled";
      case NOT_WANTED -> "left out: nothing handles it";
      case NO_PARTITION -> "left out: partitionBy gave it no partition";
      case EMPTY -> "left out: it is said to be JSON, and is empty";
      case NOT_JSON -> "left out: it is said to be JSON, and is not";
    };
  }

  private static String cut(String text) {
    return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS) + "…";
  }

  /// For programs: one JSON object.
  ///
  /// @param step what the event did
  /// @return one line, without its line feed
  public static String json(DebugStep step) {
    var mapper = JsonMapper.shared();
    var node = mapper.createObjectNode();
    node.put("position", step.event().original().position());
    node.set("event", mapper.readTree(EventJson.line(step.event())));
    node.put("outcome", outcomeName(step));
    node.put("partition", step.partition());
    node.set("stateBefore", json(step.stateBefore(), mapper));
    node.set("stateAfter", json(step.stateAfter(), mapper));
    step.sharedBefore().ifPresent(shared -> node.set("sharedBefore", json(shared, mapper)));
    step.sharedAfter().ifPresent(shared -> node.set("sharedAfter", json(shared, mapper)));
    put(node.putArray("changes"), step.changes(), mapper);
    if (step.sharedAfter().isPresent()) {
      put(node.putArray("sharedChanges"), step.sharedChanges(), mapper);
    }
    var emitted = node.putArray("emitted");
    step.emitted().forEach(event -> emitted.add(OutcomeJson.emitted(event)));
    var logged = node.putArray("logged");
    step.logged().forEach(logged::add);
    step.fault()
        .ifPresent(fault -> node.set("fault", OutcomeJson.fault(new Outcome.Fault(0, fault))));
    return node.toString();
  }

  private static void put(ArrayNode array, List<Difference> changes, JsonMapper mapper) {
    for (var change : changes) {
      var node = array.addObject().put("path", change.path());
      change.before().ifPresent(value -> node.set("before", mapper.readTree(value)));
      change.after().ifPresent(value -> node.set("after", mapper.readTree(value)));
    }
  }

  private static String outcomeName(DebugStep step) {
    return step.fault().isPresent()
        ? "failed"
        : step.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static JsonNode json(String state, JsonMapper mapper) {
    return state.isEmpty() ? mapper.nullNode() : mapper.readTree(state);
  }
}
