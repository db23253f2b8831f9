// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import picocli.CommandLine;

/// Where the `leftfold` command begins.
public final class Main {

  private static final int STOP_SECONDS = 60;

  private Main() {}

  /// Runs one command and ends the process with its exit code.
  ///
  /// @param arguments the command line
  public static void main(String[] arguments) {
    configureLogging();
    var out =
        new PrintStream(
            new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8);
    var err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    var stop = new Stop();
    var finished = new CountDownLatch(1);
    // A signal ends the JVM as soon as this hook returns: so it waits for the command to end
    // cleanly.
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop.request();
                  await(finished);
                },
                "leftfold-stop"));
    var code = ExitCode.FAILED;
    try {
      code = run(Shell.ofProcess(out, err, stop), arguments);
    } finally {
      out.flush();
      finished.countDown();
    }
    System.exit(code);
  }

  private static void await(CountDownLatch finished) {
    try {
      if (!finished.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("leftfold: did not end within %d seconds".formatted(STOP_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Runs one command.
  ///
  /// @return its exit code
  static int run(Shell shell, String... arguments) {
    var code = commandLine(shell).execute(arguments);
    shell.out().flush();
    return code;
  }

  /// The command with all its subcommands.
  static CommandLine commandLine(Shell shell) {
    var failures = new Failures(shell);
    var imports = new CommandLine(new ImportCommand(shell));
    imports.addSubcommand(new ImportGitCommand(shell));
    var index = new CommandLine(new IndexCommand());
    index.addSubcommand(new IndexCommand.Stats(shell));
    index.addSubcommand(new IndexCommand.Verify(shell));
    index.addSubcommand(new IndexCommand.Rebuild(shell));
    return new CommandLine(new Leftfold(shell))
        .addSubcommand(new ServeCommand(shell))
        .addSubcommand(new AppendCommand(shell))
        .addSubcommand(new ReadCommand(shell))
        .addSubcommand(new TailCommand(shell))
        .addSubcommand(new PositionAtCommand(shell))
        .addSubcommand(new StreamsCommand(shell))
        .addSubcommand(new StatsCommand(shell))
        .addSubcommand(new CheckCommand(shell))
        .addSubcommand(index)
        .addSubcommand(new ScavengeCommand(shell))
        .addSubcommand(new BackupCommand(shell))
        .addSubcommand(new RestoreCommand(shell))
        .addSubcommand(new RepairCommand(shell))
        .addSubcommand(imports)
        .addSubcommand(new ExportCommand(shell))
        .addSubcommand(new CompletionCommand(shell))
        .addSubcommand(new TrainCommand(shell))
        .setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                shell.interactive() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
        .setUsageHelpAutoWidth(shell.interactive())
        .setUsageHelpWidth(100)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures);
  }

  private static void configureLogging() {
    if (System.getProperty("java.util.logging.config.file") != null
        || System.getProperty("java.util.logging.config.class") != null) {
      return;
    }
    try (var configuration = Main.class.getResourceAsStream("logging.properties")) {
      if (configuration != null) {
        LogManager.getLogManager().readConfiguration(configuration);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
