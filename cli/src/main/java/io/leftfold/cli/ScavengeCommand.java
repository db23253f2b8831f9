// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.UnavailableException;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.engine.ScavengeProgress;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Forgets what may be forgotten.
@Command(
    name = "scavenge",
    header = "Forget what metadata and deletes hide, and give its space back.",
    description = {
      "Writes sealed log files again without the events that $maxCount, $maxAge and $tb hide,",
      "those of deleted streams, and those before a tombstone. The last event of every live",
      "stream stays. Positions and revisions stay what they are.",
      "",
      "With --data it works until it is done; stopped, it goes on from there the next time.",
      "With --connect the server does it in the background; its history is in $scavenges."
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nFor example:%n",
    footer = {
      "  leftfold scavenge --data ./history --dry-run",
      "  leftfold scavenge --data ./history --threshold 20 --rate 50",
      "  leftfold scavenge --connect 'kurrentdb://127.0.0.1:2113?tls=false'"
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ScavengeCommand implements Callable<Integer> {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  @Spec private CommandSpec spec;

  @Option(names = "--dry-run", description = "Only tell what would be freed. Changes nothing.")
  private boolean dryRun;

  @Option(
      names = "--threshold",
      paramLabel = "<percent>",
      description = "Leave log files alone of which less would be freed. Default: 0.")
  private int threshold;

  @Option(
      names = "--rate",
      paramLabel = "<MiB>",
      description = "Read and write at most so much a second. Default: as much as there is.")
  private long rateMebibytes;

  @Option(
      names = "--stop",
      paramLabel = "<id>",
      description = "End a scavenge of the server that --connect names.")
  private @Nullable String stop;

  @Option(names = "--json", description = "Show one JSON object.")
  private boolean json;

  @Mixin private StoreOptions store;

  private final Shell shell;

  ScavengeCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    return store.isRemote() ? remotely() : locally(options());
  }

  private ScavengeOptions options() {
    if (stop != null) {
      throw new ParameterException(
          spec.commandLine(), "--stop is for a server: name it with --connect");
    }
    try {
      var options =
          ScavengeOptions.defaults()
              .withThreshold(threshold)
              .atMost(Math.multiplyExact(rateMebibytes, 1L << 20));
      return dryRun ? options.asDryRun() : options;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
  }

  // ---- a server

  private int remotely() {
    if (dryRun || threshold != 0 || rateMebibytes != 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--dry-run, --threshold and --rate are for a directory: the wire has no words for them");
    }
    try (var remote = (RemoteEventStore) store.openToWrite(shell)) {
      if (stop != null) {
        remote.stopScavenge(stop);
        show("stopped", stop);
      } else {
        show("running", remote.startScavenge());
      }
    }
    return ExitCode.OK;
  }

  private void show(String state, String id) {
    if (json) {
      var node = JsonMapper.shared().createObjectNode().put("scavenge", id).put("state", state);
      shell.out().println(JsonMapper.shared().writeValueAsString(node));
    } else {
      shell.out().println("Scavenge %s is %s.".formatted(id, state));
    }
  }

  // ---- a directory

  private int locally(ScavengeOptions options) {
    try (var opened = open(options)) {
      var scavenge = opened.scavenge(options);
      var progress = new ProgressLine(shell);
      while (!scavenge.await(LOOK_AGAIN)) {
        if (shell.stop().isRequested()) {
          scavenge.stop();
        }
        var now = scavenge.progress();
        progress.show(() ->
            "%,d of %,d log files, %,d events %s"
                .formatted(now.chunksDone(), now.chunks(), now.eventsForgotten(), forgotten()));
      }
      progress.end();
      return show(scavenge.progress());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailedException(ExitCode.FAILED, "Interrupted; the store is closed", e);
    }
  }

  private LocalEventStore open(ScavengeOptions options) {
    var directory = store.existingDirectory(shell);
    return options.dryRun()
        ? LocalEventStore.open(directory, EngineOptions.defaults().forReadingOnly())
        : LocalEventStore.open(directory);
  }

  private String forgotten() {
    return dryRun ? "to forget" : "forgotten";
  }

  private int show(ScavengeProgress ended) {
    if (json) {
      var node =
          JsonMapper.shared()
              .createObjectNode()
              .put("outcome", ended.outcome().name().toLowerCase(java.util.Locale.ROOT))
              .put("dryRun", dryRun)
              .put("chunks", ended.chunks())
              .put("chunksDone", ended.chunksDone())
              .put("chunksRewritten", ended.chunksRewritten())
              .put("eventsForgotten", ended.eventsForgotten())
              .put("bytesFreed", ended.bytesFreed())
              .put("reason", ended.reason());
      shell.out().println(JsonMapper.shared().writeValueAsString(node));
    } else {
      shell
          .out()
          .println(
              "%,d of %,d log files %s written again: %,d events %s, %,d bytes %s."
                  .formatted(
                      ended.chunksRewritten(),
                      ended.chunks(),
                      dryRun ? "would be" : "were",
                      ended.eventsForgotten(),
                      forgotten(),
                      ended.bytesFreed(),
                      dryRun ? "to free" : "freed"));
    }
    return switch (ended.outcome()) {
      case SUCCESS -> ExitCode.OK;
      case RUNNING, STOPPED ->
          throw new CommandFailedException(
              ExitCode.FAILED,
              "It was stopped behind log file %d of %d; the next scavenge goes on from there"
                  .formatted(ended.chunksDone(), ended.chunks()));
      case ERRORED ->
          throw new UnavailableException(
              UnavailableException.Reason.CLOSED, "The scavenge failed: " + ended.reason());
    };
  }
}
