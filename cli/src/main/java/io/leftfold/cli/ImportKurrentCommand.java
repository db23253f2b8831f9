// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.UnavailableException;
import io.leftfold.cli.kurrent.CopyConflictException;
import io.leftfold.cli.kurrent.KurrentComparison;
import io.leftfold.cli.kurrent.KurrentImport;
import io.leftfold.cli.kurrent.SourceClock;
import io.leftfold.cli.output.Printable;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.KurrentSource;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Copies everything from a server of EventStoreDB or KurrentDB.
@Command(
    name = ImportKurrentCommand.NAME,
    header = "Copy everything from a running EventStoreDB, KurrentDB or Leftfold server.",
    description = {
      "Every event keeps its stream, revision, id, type, data, metadata and time; only positions are new. Index streams ($ce-…, $et-…) are not copied: Leftfold has them without writing them. Users, access lists, persistent subscriptions and their checkpoints come along. Where the server has forgotten the beginning of a stream, empty events of type $forgotten stand for it.",
      "It may be stopped at any time; run again, it goes on where it was, and copies nothing twice. At the end, source and copy are read side by side and compared, event by event."
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nWhere from:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold import 'kurrentdb://admin:changeit@db.example.com:2113' --data moved",
      "  leftfold import 'esdb://localhost:2113?tls=false' --data moved --follow",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ImportKurrentCommand implements Callable<Integer> {

  static final String NAME = "kurrentdb";

  private static final int ATTEMPTS_MAX = 10;
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "<connection string>",
      description = "The server, with the credentials of an administrator.")
  private String from;

  @Option(
      names = {"-d", "--data"},
      paramLabel = "<directory>",
      description =
          "Where the store is; made if it is not there. No other process may use it meanwhile. Default: ./leftfold-data.")
  private @Nullable Path data;

  @Option(
      names = "--source-name",
      paramLabel = "<name>",
      description =
          "The name under which it is recorded how far the import is; give it when the server's address has changed since. Default: the hosts.")
  private @Nullable String sourceName;

  @Option(
      names = "--follow",
      description =
          "Go on copying what the server records, until Ctrl-C: for a move with a short interruption.")
  private boolean follow;

  @Option(names = "--no-verify", description = "Do not compare source and copy at the end.")
  private boolean noVerify;

  @Option(names = "--json", description = "Show the result as one JSON object.")
  private boolean json;

  private final Shell shell;

  ImportKurrentCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var connection = connection();
    var directory = shell.resolve(data == null ? StoreOptions.DEFAULT_DIRECTORY : data);
    Files.createDirectories(directory.toAbsolutePath());
    var clock = new SourceClock();
    var progress = new ProgressLine(shell);
    // Closing the store makes all of it durable; until then an import can be repeated.
    var options = EngineOptions.defaults().withClock(clock);
    try (var source = KurrentSource.connect(connection);
        var store = LocalEventStore.open(directory, options)) {
      var work = new KurrentImport(store, clock, name(connection));
      try {
        copy(work, source, progress);
        var stopped = shell.stop().isRequested() && !follow;
        Optional<KurrentComparison.Outcome> verified =
            stopped || noVerify
                ? Optional.empty()
                : Optional.of(verify(work, source, store, progress));
        progress.end();
        report(work.outcome(), verified, stopped);
        return stopped ? ExitCode.FAILED : ExitCode.OK;
      } catch (CopyConflictException | KurrentSource.UnfitEventException e) {
        progress.end();
        throw new CommandFailedException(
            ExitCode.FAILED, Printable.of(String.valueOf(e.getMessage())), e);
      } catch (LeftfoldException e) {
        progress.end();
        shell.err().println(summary(work.outcome()));
        throw e;
      }
    }
  }

  private ConnectionString connection() {
    try {
      return ConnectionString.parse(from);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private String name(ConnectionString connection) {
    return sourceName != null
        ? sourceName
        : connection.seeds().stream()
            .map(seed -> seed.host() + ":" + seed.port())
            .collect(Collectors.joining(",", "kurrentdb://", ""));
  }

  private void copy(KurrentImport work, KurrentSource source, ProgressLine progress) {
    var attempts = 0;
    while (true) {
      var before = work.outcome().position();
      try {
        work.run(
            source,
            done ->
                progress.show(() ->
                    "Copied %,d events, %,d a second; at position %,d of the source"
                        .formatted(
                            done.copied(), progress.perSecond(done.copied()), done.position())),
            shell.stop()::isRequested);
        attempts = 0;
      } catch (UnavailableException e) {
        attempts = work.outcome().position() > before ? 1 : attempts + 1;
        if (!isOfTheSource(e) || attempts > ATTEMPTS_MAX) {
          throw e;
        }
        progress.end();
        shell.err().println("%s. Trying again …".formatted(e.getMessage()));
        pause();
        continue;
      }
      if (!follow || shell.stop().isRequested()) {
        return;
      }
      pause();
    }
  }

  /// Whether it may be over in a moment: the server is away, is being stopped and started, or busy.
  private static boolean isOfTheSource(UnavailableException failure) {
    return switch (failure.reason()) {
      case UNREACHABLE, CLOSED, TOO_BUSY, INDEXING -> true;
      case READ_ONLY, IN_USE -> false;
    };
  }

  private void pause() {
    try {
      var _ = shell.stop().await(BETWEEN_LOOKS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      shell.stop().request();
    }
  }

  /// Compares, and begins again if the source was away meanwhile.
  private KurrentComparison.Outcome verify(
      KurrentImport work, KurrentSource source, EventStore store, ProgressLine progress) {
    for (var attempts = 1; ; attempts++) {
      try {
        return new KurrentComparison(source, store)
            .run(
                work.outcome().position(),
                compared -> progress.show(() -> "Compared %,d events".formatted(compared)),
                () -> false);
      } catch (UnavailableException e) {
        if (!isOfTheSource(e) || attempts > ATTEMPTS_MAX || !waited()) {
          throw e;
        }
      }
    }
  }

  /// Also when somebody has asked for the end: that is what is compared for.
  private static boolean waited() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String summary(KurrentImport.Outcome outcome) {
    return "Copied %,d events; %,d were there already, %,d indexes and notes of the server were passed over, %,d empty events stand for forgotten ones, %,d have a $tags that is none. Source position: %,d."
        .formatted(
            outcome.copied(),
            outcome.before(),
            outcome.passedOver(),
            outcome.forgotten(),
            outcome.untagged(),
            outcome.position());
  }

  private void report(
      KurrentImport.Outcome outcome,
      Optional<KurrentComparison.Outcome> verified,
      boolean stopped) {
    if (json) {
      var node =
          JsonMapper.shared()
              .createObjectNode()
              .put("copied", outcome.copied())
              .put("before", outcome.before())
              .put("passedOver", outcome.passedOver())
              .put("forgotten", outcome.forgotten())
              .put("untagged", outcome.untagged())
              .put("sourcePosition", outcome.position())
              .put("stopped", stopped);
      verified.ifPresent(compared ->
          node.put("compared", compared.compared()).put("onlyInCopy", compared.onlyInCopy()));
      shell.out().println(JsonMapper.shared().writeValueAsString(node));
      return;
    }
    shell.out().println(summary(outcome));
    verified.ifPresent(compared ->
        shell
            .out()
            .println(
                "Compared %,d events of the source with the copy: all the same.%s"
                    .formatted(
                        compared.compared(),
                        compared.onlyInCopy() == 0
                            ? ""
                            : " The copy has %,d events that the source has forgotten since."
                                .formatted(compared.onlyInCopy()))));
    if (stopped) {
      shell.out().println("Stopped before the end; run it again to go on.");
    }
  }
}
