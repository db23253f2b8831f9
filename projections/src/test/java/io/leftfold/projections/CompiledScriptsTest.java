// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// Scripts mean the same when they are compiled to machine code: some cases of the corpus, in a
/// process in which that is done after a few calls, and not after some hundred.
///
/// Where the compiler is that the launcher fetches (`LEFTFOLD_COMPILE_SCRIPTS=1`); elsewhere, or on
/// a JDK that the compiler does not know, left out.
final class CompiledScriptsTest {

  private static final Path COMPILER = Path.of("..", "target", "script-compiler");
  private static final String INTERPRETED = "interpreted";

  /// Of handlers, partitions, states, what is emitted, and a failure that has a place.
  private static final List<String> CASES =
      List.of(
          "created-comes-once-and-before-the-event",
          "emit",
          "handler-throws",
          "json-of-states",
          "partition-by-a-number",
          "shared-state-beside-partitions");

  /// The process that compiles.
  static final class Compiling {
    private Compiling() {}

    /// Says of each case that it came out as expected.
    public static void main(String[] arguments) throws IOException {
      try (var runtime = ProjectionRuntime.open()) {
        if (!runtime.isOptimizing()) {
          System.out.println(INTERPRETED);
          return;
        }
      }
      for (var name : arguments) {
        new CorpusTest()
            .a_case_comes_out_as_expected_whenever_its_states_are_saved_and_forgotten(name);
        System.out.println(name);
      }
    }
  }

  @Test
  void compiled_scripts_mean_the_same() throws Exception {
    assumeThat(COMPILER.resolve("complete")).exists();
    String jars;
    try (var files = Files.list(COMPILER)) {
      jars =
          files
              .map(Path::toString)
              .filter(name -> name.endsWith(".jar"))
              .collect(Collectors.joining(System.getProperty("path.separator")));
    }
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:+EnableJVMCI",
                "--upgrade-module-path=" + jars,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dpolyglot.engine.AllowExperimentalOptions=true",
                "-Dpolyglot.engine.FirstTierCompilationThreshold=20",
                "-Dpolyglot.engine.LastTierCompilationThreshold=60",
                "-cp",
                System.getProperty("java.class.path"),
                Compiling.class.getName()));
    command.addAll(CASES);
    var process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var out = process.inputReader()) {
      var said = out.lines().toList();
      assumeThat(said).isNotEqualTo(List.of(INTERPRETED));
      assertThat(said).isEqualTo(CASES);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
