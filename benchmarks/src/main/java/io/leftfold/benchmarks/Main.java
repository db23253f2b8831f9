// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks;

import io.leftfold.benchmarks.beside.BesideCommand;
import io.leftfold.benchmarks.grpc.LoadCommand;
import io.leftfold.benchmarks.measure.Directories;
import io.leftfold.benchmarks.measure.Report;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.benchmarks.projections.CatchUpCommand;
import io.leftfold.benchmarks.size.SizeCommand;
import io.leftfold.benchmarks.soak.SoakCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Where the `bench` command begins.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures Leftfold beside what the machine allows.",
    subcommands = {
      Main.ListCommand.class,
      Main.RunCommand.class,
      BesideCommand.class,
      SizeCommand.class,
      LoadCommand.class,
      SoakCommand.class,
      CatchUpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main {

  private Main() {}

  /// Runs one command and ends the process with its exit code.
  ///
  /// @param arguments the command line
  public static void main(String[] arguments) {
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    System.exit(new CommandLine(new Main()).setOut(out).execute(arguments));
  }

  @Command(name = "list", description = "Lists the benchmarks, with what they ask.")
  static final class ListCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
      var out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
      for (var benchmark : Catalogue.all()) {
        out.printf("%-26s %s%n", benchmark.name(), benchmark.question());
      }
      return 0;
    }
  }

  @Command(
      name = "run",
      description = {
        "Runs benchmarks and prints each figure beside its limit, measured in the same rounds.",
        "Does not end before all is measured; nothing is kept on disk."
      })
  static final class RunCommand implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;

    @Parameters(
        paramLabel = "<name>",
        arity = "1..*",
        description = "names, beginnings of names, or \"all\"")
    private List<String> names = List.of();

    @Option(names = "--json", description = "one JSON object a row")
    private boolean json;

    @Option(
        names = "--data",
        paramLabel = "<dir>",
        description = "directory on the disk to be measured (default: the temporary one)")
    private @Nullable Path data;

    @Option(
        names = "--seconds",
        paramLabel = "<n>",
        defaultValue = "5",
        description = "how long each contestant is measured (default: 5)")
    private int seconds;

    @Option(names = "--quick", description = "less data, fewer rounds: only to see that it works")
    private boolean quick;

    @Override
    public Integer call() throws Exception {
      var commandLine = java.util.Objects.requireNonNull(spec).commandLine();
      var chosen = Catalogue.named(names);
      if (chosen.isEmpty()) {
        commandLine.getErr().printf("No benchmark is called %s; see \"bench list\"%n", names);
        return CommandLine.ExitCode.USAGE;
      }
      var report = new Report(commandLine.getOut(), json);
      for (var benchmark : chosen) {
        report.begin(benchmark);
        var directory = Directories.make(data, "bench");
        try {
          benchmark.run(
              new Settings(directory, Duration.ofSeconds(quick ? 1 : seconds), quick), report::add);
        } finally {
          Directories.delete(directory);
        }
      }
      return 0;
    }
  }
}
