// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import io.leftfold.projections.ProjectionDefinition;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.ProjectionSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// How a case went.
///
/// @param name of the case, for people
/// @param events how many were given
/// @param problems what is not as expected
/// @param notes what the script says that is probably not meant
/// @param outcome what came of it, as JSON that could be expected of it
/// @param failed whether the script failed at an event, or is none
public record CaseResult(
    String name,
    int events,
    List<String> problems,
    List<String> notes,
    String outcome,
    boolean failed) {

  private static final JsonMapper PRETTY =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  /// Copies the lists.
  public CaseResult {
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /// Whether all is as expected.
  ///
  /// @return whether there is no problem
  public boolean isOk() {
    return problems.isEmpty();
  }

  /// Runs a case.
  ///
  /// @param runtime runs the script
  /// @param name of the case
  /// @param script the file of the script
  /// @param given the file of the events
  /// @param expected what is to come of it; empty if nothing is expected yet
  /// @return how it went
  /// @throws IOException if a file cannot be read
  /// @throws MalformedCaseException if a file cannot be understood
  public static CaseResult of(
      ProjectionRuntime runtime,
      String name,
      Path script,
      Path given,
      Optional<Expectation> expected)
      throws IOException {
    var source = new ProjectionSource(script.toString(), Files.readString(script));
    var events = GivenEvents.read(given);
    var goesOn = expected.filter(Expectation::goesOn).isPresent();
    var outcome = Outcome.of(runtime, source, events, goesOn);
    return new CaseResult(
        name,
        events.size(),
        expected.map(it -> it.problems(source.name(), outcome)).orElse(List.of()),
        outcome.definition().map(ProjectionDefinition::notes).orElse(List.of()),
        PRETTY.writeValueAsString(OutcomeJson.whole(outcome)) + "\n",
        !outcome.faults().isEmpty());
  }
}
