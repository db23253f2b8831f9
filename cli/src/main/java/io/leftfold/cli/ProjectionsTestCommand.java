// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Printable;
import io.leftfold.cli.projections.CaseFolder;
import io.leftfold.cli.projections.CaseResult;
import io.leftfold.cli.projections.Expectation;
import io.leftfold.cli.projections.MalformedCaseException;
import io.leftfold.projections.ProjectionRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Holds scripts to what is expected of them.
@Command(
    name = "test",
    header = "Run a projection's script on events in a file, and compare what comes of it.",
    description = {
      "No store and no server is needed. Events are lines as \"leftfold export\" and \"leftfold read --json\" write them; by hand, stream and type are enough. What is expected is a JSON object of the parts that are to be looked at: state, states (by partition), shared, result, results, emitted, logged, fault, faults. Any other JSON is the state itself.",
      "A directory is searched for cases: folders with given.ndjson and expected.json; their script is the projection.js there, or in the nearest folder above.",
      "Exit code 1: something is not as expected."
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nWhat:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold projections test balances.js --given events.ndjson --expect state.json",
      "  leftfold projections test balances.js --given events.ndjson",
      "  leftfold projections test .",
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Picocli sets the fields, and reads some.
final class ProjectionsTestCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "<script or directory>",
      description = "One script, with --given; or directories with cases.")
  private List<Path> paths;

  @Option(names = "--given", paramLabel = "<file>", description = "The events for a script.")
  private @Nullable Path given;

  @Option(
      names = "--expect",
      paramLabel = "<file>",
      description =
          "What is to come of a script and its events. Without it, what does come of them is shown.")
  private @Nullable Path expect;

  @Option(
      names = "--accept",
      description = "Write what comes of each case as what is expected of it.")
  private boolean accept;

  @Option(names = "--json", description = "Show one JSON object for each case, on a line.")
  private boolean json;

  private final Shell shell;

  ProjectionsTestCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    try (var runtime = ProjectionRuntime.open()) {
      if (paths.size() == 1 && Files.isRegularFile(shell.resolve(paths.getFirst()))) {
        return script(runtime, paths.getFirst());
      }
      if (given != null || expect != null) {
        throw new ParameterException(
            spec.commandLine(),
            "--given and --expect are for one script, and %s is none; a directory has its cases' files in it"
                .formatted(paths.getFirst()));
      }
      return folders(runtime);
    } catch (MalformedCaseException e) {
      throw new CommandFailedException(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private int script(ProjectionRuntime runtime, Path script) throws IOException {
    if (given == null) {
      throw new ParameterException(
          spec.commandLine(),
          "Which events is %s to be given? Name --given <file>".formatted(script));
    }
    var expected = expect == null ? Optional.<Path>empty() : Optional.of(shell.resolve(expect));
    var result =
        CaseResult.of(
            runtime,
            script.toString(),
            shell.resolve(script),
            shell.resolve(given),
            accept || expected.isEmpty()
                ? Optional.empty()
                : Optional.of(Expectation.read(expected.get())));
    if (accept) {
      if (expected.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "Where is it to be accepted? Name --expect <file>");
      }
      accept(result, expected.get());
      return ExitCode.OK;
    }
    if (expected.isEmpty()) {
      note(result);
      shell.out().print(result.outcome());
      return result.failed() ? ExitCode.FAILED : ExitCode.OK;
    }
    return shown(List.of(result));
  }

  private int folders(ProjectionRuntime runtime) throws IOException {
    var cases = new ArrayList<CaseFolder>();
    for (var path : paths) {
      var folder = shell.resolve(path);
      if (!Files.isDirectory(folder)) {
        throw new ParameterException(
            spec.commandLine(), "There is no file or directory %s".formatted(path));
      }
      cases.addAll(CaseFolder.below(folder));
    }
    if (cases.isEmpty()) {
      throw new CommandFailedException(
          ExitCode.FAILED,
          "There is no case: no folder below %s holds a given.ndjson. \"leftfold projections init\" makes an example"
              .formatted(paths.getFirst()));
    }
    var results = new ArrayList<CaseResult>();
    for (var one : cases) {
      if (shell.stop().isRequested()) {
        throw new CommandFailedException(ExitCode.FAILED, "Stopped before all cases were run");
      }
      var result = result(runtime, one);
      if (accept) {
        accept(result, one.expected());
      }
      results.add(result);
    }
    return accept ? ExitCode.OK : shown(results);
  }

  private CaseResult result(ProjectionRuntime runtime, CaseFolder one) throws IOException {
    if (!accept && !Files.exists(one.expected())) {
      throw new CommandFailedException(
          ExitCode.FAILED,
          "%s has events and nothing that is expected of them; --accept writes what comes of them as expected.json"
              .formatted(one.name()));
    }
    return CaseResult.of(
        runtime,
        named(one.name()),
        one.script(),
        one.given(),
        accept ? Optional.empty() : Optional.of(Expectation.read(one.expected())));
  }

  /// As seen from the directory of the shell.
  private String named(String folder) {
    var here = shell.directory().toString();
    return !here.isEmpty() && folder.startsWith(here) && folder.length() > here.length()
        ? folder.substring(here.length() + 1)
        : folder;
  }

  private void accept(CaseResult result, Path file) throws IOException {
    note(result);
    Files.writeString(file, result.outcome());
    shell.err().println("Accepted " + Printable.of(result.name()));
  }

  private void note(CaseResult result) {
    result
        .notes()
        .forEach(note -> shell.err().println(shell.style().warning("NOTE: ") + Printable.of(note)));
  }

  private int shown(List<CaseResult> results) {
    var failed = results.stream().filter(result -> !result.isOk()).count();
    for (var result : results) {
      if (json) {
        showJson(result);
      } else {
        note(result);
        show(result);
      }
    }
    if (!json) {
      shell
          .out()
          .println(
              "%d %s, %s"
                  .formatted(
                      results.size(),
                      results.size() == 1 ? "case" : "cases",
                      failed == 0 ? "all as expected" : failed + " not as expected"));
    }
    return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private void show(CaseResult result) {
    shell
        .out()
        .println(
            "%s %s (%,d %s)"
                .formatted(
                    result.isOk() ? "ok  " : shell.style().warning("FAIL"),
                    Printable.of(result.name()),
                    result.events(),
                    result.events() == 1 ? "event" : "events"));
    result
        .problems()
        .forEach(problem ->
            problem.lines().forEach(line -> shell.out().println("       " + Printable.of(line))));
  }

  private void showJson(CaseResult result) {
    var values = new LinkedHashMap<String, Object>();
    values.put("case", result.name());
    values.put("ok", result.isOk());
    values.put("events", result.events());
    values.put("problems", result.problems());
    values.put("notes", result.notes());
    values.put("outcome", JsonMapper.shared().readTree(result.outcome()));
    shell.out().println(JsonMapper.shared().writeValueAsString(values));
  }
}
