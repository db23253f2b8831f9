// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Runs a server until it is told to stop. Its options are those of
/// [io.leftfold.cli.config.ServerOption].
@Command(
    name = "serve",
    header = "Run a server on a data directory, until Ctrl-C.",
    synopsisHeading = "%nUsage: ",
    abbreviateSynopsis = true,
    optionListHeading = "%nOptions, each also a line of leftfold.yaml and a variable LEFTFOLD_…:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold serve",
      "  leftfold serve --data /var/lib/leftfold --host 0.0.0.0",
      "  leftfold serve --memory --insecure",
      "  LEFTFOLD_PORT=2114 leftfold serve --config /etc/leftfold.yaml",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ServeCommand implements Callable<Integer> {

  /// What the store may need to be closed, behind the server.
  private static final Duration STORE_PATIENCE = Duration.ofMinutes(1);

  @Spec private CommandSpec spec;

  private final Shell shell;

  ServeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    var configuration = ServerFlags.configuration(spec.commandLine(), shell);
    TelemetrySetup.useLog(configuration);
    try (var setup = ServerSetup.of(configuration, shell.directory());
        var store = setup.open()) {
      var isNew = store.lastPosition().orElse(0L) == 0; // but for its genesis
      serve(setup, store, isNew);
    }
    shell.out().println("Stopped.");
    return ExitCode.OK;
  }

  private void serve(ServerSetup setup, LocalEventStore store, boolean isNew)
      throws IOException, InterruptedException {
    try (var server = LeftfoldServer.start(store, setup.serverOptions())) {
      shell.stop().mayTake(setup.patience().plus(STORE_PATIENCE));
      var _ = server.shutdownAsked().thenRun(shell.stop()::request);
      new Welcome(setup, shell, isNew).print(store, server.port(), server.tcpPort());
      reportIndexing(store);
      server.usersWithDefaultPassword().thenAccept(this::warnOfDefaultPasswords);
      shell.stop().await();
      say("Stopping …");
      server.close(
          setup.patience(),
          remaining -> say("Waiting for %s. Ctrl-C ends at once.".formatted(remaining)));
    }
  }

  private void say(String line) {
    shell.out().println(line);
    shell.out().flush();
  }

  private void warnOfDefaultPasswords(List<String> users) {
    if (!users.isEmpty()) {
      shell
          .err()
          .println(
              shell.style().warning("WARNING: ")
                  + "%s can log in with the password that everybody knows (changeit). Change it: leftfold users passwd %s"
                      .formatted(String.join(" and ", users), users.getFirst()));
    }
  }

  /// Says now and then how far the index is, until it is made or the store is closed.
  private void reportIndexing(LocalEventStore store) {
    if (Welcome.isIndexing(store)) {
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
}
