// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.AsOf;
import io.leftfold.cli.projections.StepText;
import io.leftfold.client.RemoteInquiries;
import io.leftfold.projections.DebugStart;
import io.leftfold.projections.FoldProgress;
import io.leftfold.projections.ProjectionDebugger;
import io.leftfold.projections.Projections;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Steps through events with a script.
@Command(
    name = "debug",
    header = "Step through events: see what each does to the state, emits and logs.",
    description = {
      "Nothing is written. At the prompt, Enter takes the next event;",
      "  go <n>              takes some",
      "  state [<partition>] shows a state, whole",
      "  quit                ends"
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold projections debug balances --from checkpoint --data store",
      "  leftfold projections debug balances.js --all --json --data store",
      "  leftfold projections debug balances -n 5 --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ProjectionsDebugCommand implements Callable<Integer> {

  private static final int EVENTS_AT_A_TIME = 100;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "<projection or script>",
      description = "The name of a projection, or a file whose name ends in .js.")
  private String what;

  @Option(
      names = "--from",
      paramLabel = "<place>",
      defaultValue = "zero",
      description =
          "zero, checkpoint (where the projection is, with its states), or a position: the events before it are folded. Default: zero.")
  private String from;

  @Option(
      names = {"-a", "--all"},
      description = "Show all events without asking.")
  private boolean all;

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "<n>",
      description = "Show at most so many events.")
  private @Nullable Long limit;

  @Option(names = "--json", description = "Show one JSON object for each event, on a line.")
  private boolean json;

  @Mixin private ProjectionsAt at;

  private final Shell shell;
  private long shown;

  ProjectionsDebugCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws Exception {
    var start = start();
    // A projection is looked at, not run.
    return at.run(
        shell,
        "",
        projections -> {
          var progress = new ProgressLine(shell);
          var told = FoldShown.of(shell, progress);
          try (var run =
              projections.local().isPresent()
                  ? new DebugRun.Here(here(projections.local().get(), start, told))
                  : there(projections.remote().orElseThrow().inquiries(), start, told)) {
            if (all || json) {
              while (step(run)) {}
            } else {
              ask(run);
            }
          } finally {
            progress.end();
          }
          return ExitCode.OK;
        });
  }

  private DebugStart start() {
    return switch (from) {
      case "zero" -> new DebugStart.Zero();
      case "checkpoint" -> new DebugStart.Checkpoint();
      default -> {
        if (!from.matches("[0-9]{1,18}")) {
          throw new ParameterException(
              spec.commandLine(),
              "--from is zero, checkpoint or a position, got '%s'".formatted(from));
        }
        yield new DebugStart.Position(Long.parseLong(from));
      }
    };
  }

  private ProjectionDebugger here(Projections projections, DebugStart start, FoldProgress told)
      throws IOException {
    if (!isScript()) {
      return projections.debug(what, start, told);
    }
    return switch (start) {
      case DebugStart.Zero() -> projections.debugQuery(script(), 0, told);
      case DebugStart.Position(var position) -> projections.debugQuery(script(), position, told);
      case DebugStart.Checkpoint() -> throw noCheckpoint();
    };
  }

  private DebugRun there(RemoteInquiries inquiries, DebugStart start, FoldProgress told)
      throws IOException {
    var atATime = limit == null ? EVENTS_AT_A_TIME : Math.clamp(limit, 1, EVENTS_AT_A_TIME);
    if (!isScript()) {
      return new DebugRun.There(
          start,
          atATime,
          (from, count) -> inquiries.debug(what, from, count, told::at),
          (partition, end) ->
              Optional.of(
                  inquiries.state(what, partition, new AsOf.Position(end), told::at).json()));
    }
    if (start instanceof DebugStart.Checkpoint) {
      throw noCheckpoint();
    }
    var text = script();
    return new DebugRun.There(
        start,
        atATime,
        (from, count) -> inquiries.debugQuery(text, from, count, told::at),
        (_, _) -> Optional.empty());
  }

  private boolean isScript() {
    return what.endsWith(".js");
  }

  private String script() throws IOException {
    return Files.readString(shell.resolve(Path.of(what)));
  }

  private ParameterException noCheckpoint() {
    return new ParameterException(
        spec.commandLine(), "A script that is no projection has no checkpoint");
  }

  private void ask(DebugRun debugger) throws IOException {
    var in = new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8));
    var goesOn = step(debugger);
    while (goesOn) {
      shell.err().print("> ");
      shell.err().flush();
      var line = in.readLine();
      goesOn = line != null && does(line.strip(), debugger);
    }
  }

  /// Does what was asked for.
  ///
  /// @return whether there is more to come
  private boolean does(String line, DebugRun debugger) {
    var words = line.split("\\s+", 2);
    return switch (words[0]) {
      case "", "n", "next" -> step(debugger);
      case "g", "go" -> go(debugger, words.length > 1 ? words[1] : "1");
      case "s", "state" -> {
        debugger
            .state(words.length > 1 ? words[1] : "")
            .ifPresentOrElse(
                state -> shell.out().println(state.isEmpty() ? "none" : state),
                () -> shell.err().println("No event of that partition was shown yet"));
        yield true;
      }
      case "q", "quit" -> false;
      default -> {
        shell.err().println("Enter for the next event; go <n>, state [<partition>], quit");
        yield true;
      }
    };
  }

  private boolean go(DebugRun debugger, String count) {
    if (!count.matches("[0-9]{1,9}")) {
      shell.err().println("How many events? \"go 10\" takes ten");
      return true;
    }
    for (var i = Integer.parseInt(count); i > 0; i--) {
      if (!step(debugger)) {
        return false;
      }
    }
    return true;
  }

  private boolean step(DebugRun debugger) {
    if (shell.stop().isRequested() || shell.out().checkError()) {
      return false;
    }
    if (limit != null && shown >= limit) {
      return false;
    }
    var step = debugger.step();
    if (step.isEmpty()) {
      shell.err().println("No more events");
      return false;
    }
    shown++;
    if (json) {
      shell.out().println(StepText.json(step.get()));
    } else {
      shell.out().print(StepText.of(step.get(), shell.style()));
    }
    return true;
  }
}
