// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.SourceSection;

/// What a failure means for the author of the script.
final class Faults {

  private static final Pattern NO_SUCH_FUNCTION =
      Pattern.compile("(?:^|[ .])(\\w+) is not (?:defined|a function)");

  private Faults() {}

  static ProjectionFault ofDefinition(ProjectionSource source, Script.Failure failure) {
    var fault =
        of(source, failure, Optional.empty(), Optional.empty(), Optional.empty(), "compile");
    return fault.kind() != ProjectionFault.Kind.THROWN
        ? fault
        : new ProjectionFault(
            ProjectionFault.Kind.DEFINITION,
            withSuggestion(fault.message()),
            fault.place(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  static ProjectionFault of(
      ProjectionSource source,
      Script.Failure failure,
      Optional<ProjectionFault.EventPlace> event,
      Optional<String> partition,
      Optional<String> stateBefore,
      String work) {
    return new ProjectionFault(
        kind(failure),
        message(failure, work),
        failure.thrown().flatMap(thrown -> place(source, thrown)),
        event,
        partition,
        stateBefore);
  }

  private static ProjectionFault.Kind kind(Script.Failure failure) {
    return failure
        .refusal()
        .map(ScriptHost.Refusal::kind)
        .or(failure::limit)
        .orElseGet(() -> failure.thrown().map(Faults::kind).orElse(ProjectionFault.Kind.INTERNAL));
  }

  private static ProjectionFault.Kind kind(PolyglotException thrown) {
    if (thrown.isResourceExhausted()) {
      return isOutOfMemory(thrown) ? ProjectionFault.Kind.MEMORY : ProjectionFault.Kind.STATEMENTS;
    }
    if (thrown.isInternalError() || thrown.isHostException() || thrown.isCancelled()) {
      return ProjectionFault.Kind.INTERNAL;
    }
    return ProjectionFault.Kind.THROWN;
  }

  private static boolean isOutOfMemory(PolyglotException thrown) {
    return String.valueOf(thrown.getMessage()).toLowerCase(Locale.ROOT).contains("heap space");
  }

  private static String message(Script.Failure failure, String work) {
    if (failure.refusal().isPresent()) {
      return String.valueOf(failure.refusal().get().getMessage());
    }
    return switch (kind(failure)) {
      case TIME ->
          "Projection script took too long to %s: stopped at the limit of processor time; do less for one event, or raise the limit"
              .formatted(work);
      case MEMORY ->
          "Projection script took too much memory to %s: stopped at the limit of what is allocated; do less for one event, or raise the limit"
              .formatted(work);
      case STATEMENTS ->
          "Projection script ran too many statements to %s: stopped at the limit; do less for one event, or raise the limit"
              .formatted(work);
      case DEFINITION, THROWN, STATE_SIZE, DEPTH, OUTPUT, EMIT_NOT_ALLOWED, INTERNAL ->
          failure.thrown().map(thrown -> String.valueOf(thrown.getMessage())).orElse("");
    };
  }

  private static String withSuggestion(String message) {
    var missing = NO_SUCH_FUNCTION.matcher(message);
    if (!missing.find()) {
      return message;
    }
    var name = missing.group(1);
    if (Suggestions.isFunction(name)) {
      return message + " here; it is one of the language, and belongs elsewhere in the script";
    }
    return Suggestions.function(name)
        .map(meant -> message + "; was \"%s\" meant?".formatted(meant))
        .orElse(message);
  }

  /// The innermost place that is in the script, and not in the language or in what it calls.
  private static Optional<ProjectionFault.Place> place(
      ProjectionSource source, PolyglotException thrown) {
    for (var frame : thrown.getPolyglotStackTrace()) {
      var at = frame.getSourceLocation();
      if (frame.isGuestFrame() && at != null && isOf(source, at)) {
        return Optional.of(place(source, at, frame.getRootName()));
      }
    }
    return Optional.ofNullable(thrown.getSourceLocation())
        .filter(at -> isOf(source, at))
        .map(at -> place(source, at, ""));
  }

  private static boolean isOf(ProjectionSource source, SourceSection at) {
    return at.getSource().getName().equals(source.name()) && !at.getSource().isInternal();
  }

  private static ProjectionFault.Place place(
      ProjectionSource source, SourceSection at, String function) {
    var line = at.getStartLine();
    var text = source.text().lines().skip(line - 1L).findFirst().orElse("");
    return new ProjectionFault.Place(
        line,
        at.getStartColumn(),
        function == null || function.startsWith(":") ? "" : function,
        text);
  }
}
