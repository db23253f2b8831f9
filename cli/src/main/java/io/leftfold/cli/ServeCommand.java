// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.cli.output.Style;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Runs a server until it is told to stop.
@Command(
    name = "serve",
    header = "Run a server on a data directory, until Ctrl-C.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold serve",
      "  leftfold serve --data /var/lib/leftfold --port 2113",
      "  leftfold serve --memory",
      "  leftfold serve --host 0.0.0.0 --insecure",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ServeCommand implements Callable<Integer> {

  private static final int PATIENCE_SECONDS_MAX = 3600;

  /// What the store may need to be closed, behind the server.
  private static final Duration STORE_PATIENCE = Duration.ofMinutes(1);

  @Spec private CommandSpec spec;

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private @Nullable Place place;

  private static final class Place {
    @Option(
        names = {"-d", "--data"},
        paramLabel = "<directory>",
        description = "Where the store is; made if it is not there. Default: ./leftfold-data.")
    private @Nullable Path data;

    @Option(
        names = "--memory",
        description = "Keep the store in memory: it is gone when the server ends.")
    private boolean memory;
  }

  @Option(
      names = "--host",
      paramLabel = "<address>",
      defaultValue = "127.0.0.1",
      description =
          "The address to listen at. Default: 127.0.0.1, which this machine alone reaches.")
  private String host;

  @Option(
      names = {"-p", "--port"},
      paramLabel = "<port>",
      defaultValue = "2113",
      description = "The port to listen at; 0 takes any that is free. Default: 2113.")
  private int port;

  @Option(
      names = "--advertise",
      paramLabel = "<host>",
      description = "The name by which clients reach this machine, if it is not the host above.")
  private @Nullable String advertised;

  @Option(
      names = "--dcb-stream",
      paramLabel = "<stream>",
      defaultValue = "dcb",
      description =
          "The stream for events of UmaDB clients (umadb.v1.DCB), which know no streams. Default: dcb.")
  private String dcbStream;

  @Option(
      names = "--backups",
      paramLabel = "<directory>",
      description =
          "Where to keep backups that clients ask for (leftfold backup --connect …). Without it they may not.")
  private @Nullable Path backups;

  @Option(
      names = "--insecure",
      description =
          "Serve others than this machine without encryption and without users. This version can do nothing else, so it must be said.")
  private boolean insecure;

  @Option(
      names = "--durability",
      paramLabel = "<fsync|os>",
      defaultValue = "fsync",
      description =
          "What an acknowledged append has survived: fsync a power failure, os the end of this process. Default: fsync.")
  private Durability durability;

  @Option(
      names = "--index-at-opening",
      paramLabel = "<events>",
      defaultValue = "1000000",
      description =
          "If the index lacks more events than this, serve at once and make it in the background; until it is made, only reads of everything are answered. Default: 1000000, more than a crash leaves behind.")
  private long indexedAtOpeningMax;

  @Option(
      names = "--patience",
      paramLabel = "<seconds>",
      defaultValue = "10",
      description =
          "When it is stopped, how long to wait for calls that are under way. Default: 10.")
  private int patienceSeconds;

  private final Shell shell;

  ServeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (port < 0 || port > 65_535) {
      throw new ParameterException(
          spec.commandLine(), "A port is a number from 0 to 65535, got " + port);
    }
    if (patienceSeconds < 0 || patienceSeconds > PATIENCE_SECONDS_MAX) {
      throw new ParameterException(
          spec.commandLine(),
          "The patience is 0 to %d seconds, got %d"
              .formatted(PATIENCE_SECONDS_MAX, patienceSeconds));
    }
    if (!insecure && !InetAddress.getByName(host).isLoopbackAddress()) {
      throw new ParameterException(
          spec.commandLine(),
          "At %s others than this machine could reach the server, and this version has neither encryption nor users. Add --insecure if that is meant, or leave --host out"
              .formatted(host));
    }
    shell.stop().mayTake(Duration.ofSeconds(patienceSeconds).plus(STORE_PATIENCE));
    try (var store = open();
        var server = LeftfoldServer.start(store, serverOptions())) {
      var _ = server.shutdownAsked().thenRun(shell.stop()::request);
      welcome(store, server.port());
      reportIndexing(store);
      shell.stop().await();
      say("Stopping …");
      server.close(
          Duration.ofSeconds(patienceSeconds),
          remaining -> say("Waiting for %s. Ctrl-C ends at once.".formatted(remaining)));
    }
    shell.out().println("Stopped.");
    return ExitCode.OK;
  }

  private void say(String line) {
    shell.out().println(line);
    shell.out().flush();
  }

  private ServerOptions serverOptions() {
    var options =
        ServerOptions.defaults().withAddress(host, port).withDcbStream(StreamName.of(dcbStream));
    if (backups != null) {
      options = options.withBackups(shell.resolve(backups));
    }
    return advertised == null ? options : options.withAdvertisedHost(advertised);
  }

  private LocalEventStore open() throws IOException {
    var options =
        EngineOptions.defaults()
            .withDurability(durability)
            .withIndexedAtOpeningMax(indexedAtOpeningMax);
    if (place != null && place.memory) {
      return LocalEventStore.inMemory();
    }
    var directory = directory();
    Files.createDirectories(directory.toAbsolutePath());
    return LocalEventStore.open(directory, options);
  }

  private Path directory() {
    return shell.resolve(
        place == null || place.data == null ? StoreOptions.DEFAULT_DIRECTORY : place.data);
  }

  private void welcome(LocalEventStore store, int actualPort) {
    var out = shell.out();
    var style = shell.style();
    store
        .recovery()
        .ifPresent(report -> out.println(style.warning("After an unclean end: ") + report + "."));
    warn(out, style);
    var everywhere = host.equals("0.0.0.0") || host.equals("::");
    var reached = advertised != null ? advertised : everywhere ? "127.0.0.1" : host;
    var connection =
        "kurrentdb://%s:%d?tls=false"
            .formatted(reached.contains(":") ? "[" + reached + "]" : reached, actualPort);
    out.println(
        "Leftfold %s serves %s at %s:%d (gRPC and HTTP), with %s."
            .formatted(
                LeftfoldServer.VERSION,
                place != null && place.memory ? "a store in memory" : directory().toString(),
                host,
                actualPort,
                size(store)));
    if (isIndexing(store)) {
      out.println(
          style.warning("The index is being made from the log.")
              + " Until then only reads of everything are answered; /health/ready tells how far it is.");
    }
    if (durability == Durability.OS && (place == null || !place.memory)) {
      out.println(
          style.warning("Durability is os: ")
              + "a power failure may take back acknowledged events.");
    }
    out.println();
    out.println("Try it from another terminal:");
    out.println(
        "  leftfold append account-7 '{\"amount\":50}' --type MoneyDeposited --connect '%s'"
            .formatted(connection));
    out.println("  leftfold read account-7 --connect '%s'".formatted(connection));
    out.println("from Java:");
    out.println(
        "  KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(\"%s\"))"
            .formatted(connection));
    out.println("from Node:");
    out.println("  KurrentDBClient.connectionString(\"%s\")".formatted(connection));
    out.println();
    out.println("Ctrl-C stops the server.");
    out.flush();
  }

  private static boolean isIndexing(LocalEventStore store) {
    return store.indexProgress().state() != IndexProgress.State.WHOLE;
  }

  private static String size(LocalEventStore store) {
    var stats = store.stats();
    return isIndexing(store)
        ? "%,d events".formatted(stats.events())
        : "%,d events in %,d streams".formatted(stats.events(), stats.streams());
  }

  /// Says now and then how far the index is, until it is made or the store is closed.
  private void reportIndexing(LocalEventStore store) {
    if (isIndexing(store)) {
      Thread.ofVirtual().name("leftfold-progress").start(() -> awaitIndex(store));
    }
  }

  private void awaitIndex(LocalEventStore store) {
    var progress = new ProgressLine(shell);
    var indexed = store.whenIndexed().toCompletableFuture();
    try {
      while (true) {
        try {
          indexed.get(1, TimeUnit.SECONDS);
          progress.end();
          shell.out().println("The index is made; everything is answered.");
          shell.out().flush();
          return;
        } catch (TimeoutException e) {
          progress.show(() -> line(store.indexProgress()));
        }
      }
    } catch (ExecutionException e) {
      progress.end();
      if (e.getCause() instanceof CorruptLogException damage) {
        shell.err().println("The index cannot be made: " + damage.getMessage());
      }
    } catch (InterruptedException | UnavailableException closed) {
      progress.end();
    }
  }

  private static String line(IndexProgress progress) {
    return "Indexed %,d of %,d events%s"
        .formatted(
            progress.indexed(),
            progress.events(),
            progress.failure().map(failure -> "; the last attempt failed: " + failure).orElse(""));
  }

  private static void warn(PrintStream out, Style style) {
    out.println(
        style.warning(
            "WARNING: INSECURE. This server has no encryption and no users: whoever reaches its port"));
    out.println(
        style.warning("can read and write everything. Users and TLS come with a later version."));
  }
}
