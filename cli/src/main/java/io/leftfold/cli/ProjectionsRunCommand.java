// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.LeftfoldException;
import io.leftfold.client.ProjectionFailedException;
import io.leftfold.client.RemoteProjections;
import io.leftfold.projections.NewProjection;
import io.leftfold.projections.ProjectionState;
import io.leftfold.projections.Projections;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Runs a script over a store as a query.
@Command(
    name = "run",
    header = "Run a script over a store once, and print its result.",
    description =
        "Nothing is stored, and the script may not emit. Of a script with partitions, each is a line {\"partition\": …, \"result\": …}. Progress goes to the error stream.",
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = "  leftfold projections run balances.js --data store | jq .result.balance")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ProjectionsRunCommand implements Callable<Integer> {

  private static final int PARTITIONS_AT_A_TIME = 1000;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  @Parameters(index = "0", paramLabel = "<script>", description = "A file; - is standard input.")
  private Path script;

  @Option(names = "--partition", paramLabel = "<partition>", description = "Only this one.")
  private @Nullable String partition;

  @Mixin private ProjectionsAt at;

  private final Shell shell;

  ProjectionsRunCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws Exception {
    var read = ScriptFile.read(shell, script);
    var name = "query-" + shell.newId();
    return at.run(
        shell,
        name,
        projections ->
            projections.local().isPresent()
                ? here(projections.local().get(), name, read)
                : there(projections.remote().orElseThrow(), name, read));
  }

  private int here(Projections projections, String name, ScriptFile read)
      throws InterruptedException {
    projections.create(NewProjection.transientQuery(name, read.text()));
    var end =
        ProjectionsAt.await(
            shell, projections, name, now -> now.state() != ProjectionState.RUNNING);
    if (end.state() != ProjectionState.COMPLETED) {
      throw failed(end.status(), end.reason());
    }
    return show(
        read,
        () -> projections.result(name, partition == null ? "" : partition).json(),
        (after, most) -> projections.partitions(name, after, most),
        one -> projections.result(name, one).json());
  }

  private interface Listing {
    List<String> some(String after, int most);
  }

  private int show(
      ScriptFile read, Supplier<String> one, Listing partitions, UnaryOperator<String> result) {
    if (!read.isPartitioned() || partition != null) {
      show(one.get());
      return ExitCode.OK;
    }
    var after = "";
    while (!shell.stop().isRequested()) {
      var some = partitions.some(after, PARTITIONS_AT_A_TIME);
      some.forEach(name -> showLine(name, result.apply(name)));
      if (some.size() < PARTITIONS_AT_A_TIME) {
        break;
      }
      after = some.getLast();
    }
    return ExitCode.OK;
  }

  private int there(RemoteProjections projections, String name, ScriptFile read)
      throws InterruptedException {
    projections.createTransient(name, read.text());
    try {
      return follow(projections, name, read);
    } finally {
      forget(projections, name);
    }
  }

  /// The server would keep it and its states for minutes, in case somebody asked again.
  private static void forget(RemoteProjections projections, String name) {
    try {
      projections.abort(name);
      projections.delete(name, false, false, false);
    } catch (LeftfoldException | ProjectionFailedException _) {
      // It is forgotten by itself.
    }
  }

  private int follow(RemoteProjections projections, String name, ScriptFile read)
      throws InterruptedException {
    var progress = new ProgressLine(shell);
    while (true) {
      var now = projections.statistics(name);
      if (now.status().startsWith("Completed")) {
        progress.end();
        return show(
            read,
            () -> projections.result(name, partition == null ? "" : partition),
            (after, most) -> projections.inquiries().partitions(name, after, most),
            one -> projections.result(name, one));
      }
      if (now.status().startsWith("Faulted")) {
        throw failed(now.status(), now.reason());
      }
      progress.show(() -> "%.1f %%, at position %s".formatted(now.progress(), now.position()));
      if (shell.stop().await(LOOK_AGAIN)) {
        throw new CommandFailedException(ExitCode.FAILED, "Stopped before the end of the log");
      }
    }
  }

  private static CommandFailedException failed(String status, String reason) {
    return new CommandFailedException(
        ExitCode.FAILED,
        "The query ended as %s: %s"
            .formatted(
                status, reason.lines().map(String::strip).collect(Collectors.joining("; "))));
  }

  private void show(String json) {
    if (json.isEmpty()) {
      shell.err().println("There is no result");
    } else {
      shell.out().println(json);
    }
  }

  private void showLine(String of, String json) {
    shell
        .out()
        .println(
            "{\"partition\":%s,\"result\":%s}"
                .formatted(
                    JsonMapper.shared().writeValueAsString(of), json.isEmpty() ? "null" : json));
  }
}
