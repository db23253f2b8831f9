// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Printable;
import io.leftfold.cli.projections.Outcome;
import io.leftfold.projections.ProjectionDefinition;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.ProjectionSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A script that a command was given.
///
/// @param text JavaScript
/// @param definition what it says about itself
record ScriptFile(String text, ProjectionDefinition definition) {

  private static final Path STANDARD_INPUT = Path.of("-");

  /// Reads a script, and sees that it is one: a projection that is none is told of here, where
  /// somebody looks, and not by a server later. What it says that is probably not meant is said on
  /// the error stream.
  static ScriptFile read(Shell shell, Path file) throws IOException {
    var text =
        file.equals(STANDARD_INPUT)
            ? new String(shell.in().readAllBytes(), StandardCharsets.UTF_8)
            : Files.readString(shell.resolve(file));
    try (var runtime = ProjectionRuntime.open()) {
      var source = new ProjectionSource(file.toString(), text);
      var definition = Outcome.compile(runtime, source).definition();
      definition
          .notes()
          .forEach(
              note -> shell.err().println(shell.style().warning("NOTE: ") + Printable.of(note)));
      return new ScriptFile(text, definition);
    }
  }

  boolean isPartitioned() {
    return definition.partitioning() != ProjectionDefinition.Partitioning.NONE;
  }
}
