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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.LogManager;
import java.util.stream.IntStream;
import picocli.CommandLine;

/// Where the `leftfold` command begins.
public final class Main {

  /// What a process that was interrupted ends with: 128 and the number of the signal.
  private static final int INTERRUPTED = 130;

  /// What stands before a server that is imported into.
  private static final Set<String> CONNECT = Set.of("-c", "--connect");

  /// In the order of the help.
  private static final List<String> SUBCOMMANDS =
      List.of(
          "serve",
          "config",
          "append",
          "read",
          "tail",
          "position-at",
          "streams",
          "stats",
          "check",
          "index",
          "groups",
          "projections",
          "scavenge",
          "backup",
          "restore",
          "repair",
          "import",
          "export",
          "users",
          "access",
          "completion",
          "train");

  /// One describes all the others, the other one has their classes kept.
  private static final Set<String> ABOUT_ALL = Set.of("completion", "train");

  private static final Set<String> ABOUT_NONE = Set.of("-V", "--version");

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
                  await(finished, stop.allowed());
                },
                "leftfold-stop"));
    var interrupted = new AtomicBoolean();
    Signals.onInterrupt(() -> {
      if (stop.isRequested()) {
        Runtime.getRuntime().halt(INTERRUPTED); // twice: whoever is there does not want to wait
      }
      interrupted.set(true);
      stop.request();
    });
    var code = ExitCode.FAILED;
    try {
      code = run(Shell.ofProcess(out, err, stop), arguments);
    } finally {
      out.flush();
      finished.countDown();
    }
    System.exit(interrupted.get() ? INTERRUPTED : code);
  }

  private static void await(CountDownLatch finished, Duration allowed) {
    try {
      if (!finished.await(allowed.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println(
            "leftfold: did not end within %d seconds".formatted(allowed.toSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Runs one command.
  ///
  /// @return its exit code
  static int run(Shell shell, String... arguments) {
    var code = commandLine(shell, arguments).execute(understood(arguments));
    shell.out().flush();
    return code;
  }

  /// `import kurrentdb://…` says by its scheme that it is a server that is imported.
  private static String[] understood(String... arguments) {
    var importsServer =
        arguments.length > 1
            && arguments[0].equals("import")
            && !arguments[1].equals(ImportKurrentCommand.NAME)
            && IntStream.range(1, arguments.length)
                .anyMatch(i -> isServer(arguments[i]) && !CONNECT.contains(arguments[i - 1]));
    if (!importsServer) {
      return arguments;
    }
    var more = new ArrayList<>(List.of(arguments));
    more.add(1, ImportKurrentCommand.NAME);
    return more.toArray(String[]::new);
  }

  private static boolean isServer(String argument) {
    return argument.matches("(esdb|kurrentdb|kdb|kurrent|leftfold)(\\+discover)?://.*");
  }

  /// The command, with those of its subcommands that the arguments are about.
  static CommandLine commandLine(Shell shell, String... arguments) {
    var failures = new Failures(shell);
    var command = new CommandLine(new Leftfold(shell));
    for (var name : needed(arguments)) {
      command.addSubcommand(name, subcommand(name, shell));
    }
    return command
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

  /// To build a subcommand takes milliseconds, and most command lines are about the one that they
  /// begin with. What speaks of the others, or begins otherwise (help, a name misspelt), gets all.
  private static List<String> needed(String... arguments) {
    if (arguments.length == 0 || ABOUT_ALL.contains(arguments[0])) {
      return SUBCOMMANDS;
    }
    if (ABOUT_NONE.contains(arguments[0])) {
      return List.of();
    }
    return SUBCOMMANDS.contains(arguments[0]) ? List.of(arguments[0]) : SUBCOMMANDS;
  }

  private static Object subcommand(String name, Shell shell) {
    return switch (name) {
      case "serve" -> ServerFlags.on(new ServeCommand(shell));
      case "config" -> ServerFlags.on(new ConfigCommand(shell));
      case "append" -> new AppendCommand(shell);
      case "read" -> new ReadCommand(shell);
      case "tail" -> new TailCommand(shell);
      case "position-at" -> new PositionAtCommand(shell);
      case "streams" -> new StreamsCommand(shell);
      case "stats" -> new StatsCommand(shell);
      case "check" -> new CheckCommand(shell);
      case "index" ->
          new CommandLine(new IndexCommand())
              .addSubcommand(new IndexCommand.Stats(shell))
              .addSubcommand(new IndexCommand.Verify(shell))
              .addSubcommand(new IndexCommand.Rebuild(shell));
      case "groups" -> GroupsCommand.commandLine(shell);
      case "projections" -> ProjectionsCommand.commandLine(shell);
      case "scavenge" -> new ScavengeCommand(shell);
      case "backup" -> new BackupCommand(shell);
      case "restore" -> new RestoreCommand(shell);
      case "repair" -> new RepairCommand(shell);
      case "import" ->
          new CommandLine(new ImportCommand(shell))
              .addSubcommand(new ImportGitCommand(shell))
              .addSubcommand(new ImportKurrentCommand(shell));
      case "export" -> new ExportCommand(shell);
      case "users" -> UsersCommand.with(shell);
      case "access" ->
          new CommandLine(new AccessCommand()).addSubcommand(new AccessCommand.Explain(shell));
      case "completion" -> new CompletionCommand(shell);
      case "train" -> new TrainCommand(shell);
      default -> throw new IllegalArgumentException("No command is called " + name);
    };
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
