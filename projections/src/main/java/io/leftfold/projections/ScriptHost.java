// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/// The functions that the language's own code, never the script, calls on this side: asking for
/// saved states, and handing over what is emitted, logged and saved.
final class ScriptHost {

  private final ProjectionLimits limits;
  private final SavedStates states;
  private final boolean mayEmit;
  private boolean isMuted;
  private final List<EmittedEvent> emitted = new ArrayList<>();
  private final List<String> logged = new ArrayList<>();
  private final LinkedHashMap<String, String> saved = new LinkedHashMap<>();
  private @Nullable String savedShared;
  private int emittedChars;
  private @Nullable Refusal refusal;
  private FoldStep.Outcome outcome = FoldStep.Outcome.HANDLED;

  ScriptHost(ProjectionLimits limits, SavedStates states, boolean mayEmit) {
    this.limits = limits;
    this.states = states;
    this.mayEmit = mayEmit;
  }

  /// A script went beyond a limit. It may catch this; the step is a fault all the same.
  static final class Refusal extends RuntimeException {
    private final ProjectionFault.Kind kind;

    Refusal(ProjectionFault.Kind kind, String message) {
      super(message);
      this.kind = kind;
    }

    ProjectionFault.Kind kind() {
      return kind;
    }
  }

  Refusal refuse(ProjectionFault.Kind kind, String message) {
    var refused = new Refusal(kind, message);
    if (refusal == null) {
      refusal = refused;
    }
    return refused;
  }

  void begin() {
    emitted.clear();
    logged.clear();
    emittedChars = 0;
    refusal = null;
    outcome = FoldStep.Outcome.HANDLED;
  }

  /// What became of the event, if nothing was thrown.
  FoldStep.Outcome outcome() {
    return outcome;
  }

  Optional<Refusal> refusal() {
    return Optional.ofNullable(refusal);
  }

  /// From now on, what is emitted or logged has been before, or is of no interest.
  void mute(boolean value) {
    isMuted = value;
  }

  List<EmittedEvent> emitted() {
    return emitted;
  }

  List<String> logged() {
    return logged;
  }

  StateChanges takeSaved() {
    var changes = new StateChanges(saved, Optional.ofNullable(savedShared));
    forgetSaved();
    return changes;
  }

  void forgetSaved() {
    saved.clear();
    savedShared = null;
  }

  /// Puts the functions into an object of the script's world.
  void fill(Value host) {
    put(host, "load", arguments -> states.state(arguments[0].asString()).orElse(null));
    put(host, "loadShared", _ -> states.sharedState().orElse(null));
    put(host, "save", arguments -> takeStates(arguments[0].asString()));
    put(host, "saveShared", arguments -> savedShared = arguments[0].asString());
    put(host, "leftOut", this::leaveOut);
    put(host, "emit", this::emit);
    put(host, "log", this::log);
    put(host, "refuse", this::refuse);
  }

  /// Of each state a line end, the length of its key, a blank, the key and its JSON; those that
  /// changed first come last.
  private boolean takeStates(String texts) {
    var at = 1;
    while (at < texts.length()) {
      var blank = texts.indexOf(' ', at);
      var text = blank + 1 + Integer.parseInt(texts, at, blank, 10);
      var next = texts.indexOf('\n', text);
      var end = next < 0 ? texts.length() : next;
      saved.putFirst(texts.substring(blank + 1, text), texts.substring(text, end));
      at = end + 1;
    }
    return true;
  }

  private static void put(Value host, String name, ProxyExecutable function) {
    host.putMember(name, function);
  }

  private Object leaveOut(Value... arguments) {
    outcome = arguments[0].asInt() == 0 ? FoldStep.Outcome.NO_PARTITION : FoldStep.Outcome.NOT_JSON;
    return true;
  }

  private Object emit(Value... arguments) {
    var type = arguments[1].asString();
    if (!mayEmit) {
      var name =
          switch (type) {
            case "$>" -> "linkTo";
            case "$@" -> "linkStreamTo";
            default -> "emit";
          };
      throw refuse(
          ProjectionFault.Kind.EMIT_NOT_ALLOWED,
          "'%s' is not allowed by the projection/configuration/mode; enable emitting for it, which takes checkpoints"
              .formatted(name));
    }
    if (isMuted) {
      return true;
    }
    var event =
        new EmittedEvent(
            arguments[0].asString(),
            type,
            arguments[2].asBoolean(),
            arguments[3].asString(),
            arguments[4].asString());
    emittedChars += event.data().length() + event.metadata().length();
    if (emitted.size() >= limits.emittedEvents() || emittedChars > limits.emittedChars()) {
      throw refuse(
          ProjectionFault.Kind.OUTPUT,
          "One event may make a projection emit at most %d events and %d characters; this one goes beyond, at its event %d to stream \"%s\""
              .formatted(
                  limits.emittedEvents(),
                  limits.emittedChars(),
                  emitted.size() + 1,
                  event.stream()));
    }
    emitted.add(event);
    return true;
  }

  private Object log(Value... arguments) {
    if (!isMuted && logged.size() < limits.logLines()) {
      logged.add(arguments[0].asString());
    }
    return true;
  }

  private Object refuse(Value... arguments) {
    throw switch (arguments[0].asString()) {
      case "DEPTH" ->
          refuse(
              ProjectionFault.Kind.DEPTH,
              "What becomes JSON nests at most %d levels; this %s"
                  .formatted(limits.stateDepth(), arguments[1].asString()));
      default ->
          refuse(
              ProjectionFault.Kind.STATE_SIZE,
              "A state, a result or an emitted event takes at most %s characters of JSON; this one takes more"
                  .formatted(arguments[1].asString()));
    };
  }
}
