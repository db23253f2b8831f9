// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Table;
import io.leftfold.client.ProjectionSettings;
import io.leftfold.projections.FailurePolicy;
import io.leftfold.projections.ProjectionConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.json.JsonMapper;

/// Shows or changes how a projection goes about its work.
@Command(
    name = "config",
    header = "Show how a projection goes about its work, or change it.",
    description =
        "What is not named stays as it is. A projection that runs is stopped for the change, and started again.",
    descriptionHeading = "%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold projections config balances --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
      "  leftfold projections config balances --on-failure park-event --data store",
    })
final class ProjectionsConfigCommand extends ProjectionCommand {

  @Option(names = "--emit", arity = "1", description = "Whether it may write.")
  private @Nullable Boolean emit;

  @Option(
      names = "--track-emitted-streams",
      arity = "1",
      description = "Whether it keeps a list of the streams that it writes to.")
  private @Nullable Boolean track;

  @Option(
      names = "--on-failure",
      paramLabel = "<policy>",
      converter = OfPolicy.class,
      description =
          "What becomes of an event that makes the script fail: stop, retry, park-event or park-partition.")
  private @Nullable FailurePolicy onFailure;

  @Option(
      names = "--checkpoint-after",
      paramLabel = "<ms>",
      description = "How long a step is collected at least.")
  private @Nullable Long checkpointAfter;

  @Option(
      names = "--checkpoint-handled",
      paramLabel = "<n>",
      description = "Events after which a step ends.")
  private @Nullable Integer checkpointHandled;

  @Option(
      names = "--checkpoint-unhandled-bytes",
      paramLabel = "<n>",
      description = "Bytes of events after which a step ends.")
  private @Nullable Long checkpointUnhandledBytes;

  @Option(
      names = "--pending-events",
      paramLabel = "<n>",
      description = "How many events are read ahead.")
  private @Nullable Integer pendingEvents;

  @Option(
      names = "--write-batch",
      paramLabel = "<n>",
      description = "Emitted events after which a step ends.")
  private @Nullable Integer writeBatch;

  @Option(
      names = "--execution-timeout",
      paramLabel = "<ms>",
      description = "How long an event may take; 0 for the default.")
  private @Nullable Long executionTimeout;

  @Option(names = "--json", description = "Show one JSON object.")
  private boolean json;

  ProjectionsConfigCommand(Shell shell) {
    super(shell);
  }

  @Override
  public Integer call() throws Exception {
    return at.run(
        shell,
        name,
        projections -> {
          var before = config(projections);
          var wanted = over(before);
          if (!wanted.equals(before)) {
            projections.tell(
                here -> here.reconfigure(name, wanted),
                there -> there.controls().changeSettings(name, settings(wanted)));
          }
          show(config(projections));
          return ExitCode.OK;
        });
  }

  private ProjectionConfig config(ProjectionsAt.Opened projections) {
    return projections.ask(here -> here.config(name), there -> of(there.controls().settings(name)));
  }

  private static ProjectionConfig of(ProjectionSettings settings) {
    return new ProjectionConfig(
        settings.emit(),
        settings.trackEmittedStreams(),
        settings.checkpointAfterMillis(),
        settings.checkpointHandled(),
        settings.checkpointUnhandledBytes(),
        settings.pendingEvents(),
        settings.writeBatch(),
        settings.writesInFlight(),
        settings.executionTimeoutMillis(),
        FailurePolicy.of(settings.onFailure()));
  }

  private static ProjectionSettings settings(ProjectionConfig config) {
    return new ProjectionSettings(
        config.emitEnabled(),
        config.trackEmittedStreams(),
        config.failurePolicy().toString(),
        config.checkpointAfterMs(),
        config.checkpointHandledThreshold(),
        config.checkpointUnhandledBytesThreshold(),
        config.pendingEventsThreshold(),
        config.maxWriteBatchLength(),
        config.maxAllowedWritesInFlight(),
        config.executionTimeoutMillis());
  }

  private ProjectionConfig over(ProjectionConfig before) {
    return new ProjectionConfig(
        or(emit, before.emitEnabled()),
        or(track, before.trackEmittedStreams()),
        or(checkpointAfter, before.checkpointAfterMs()),
        or(checkpointHandled, before.checkpointHandledThreshold()),
        or(checkpointUnhandledBytes, before.checkpointUnhandledBytesThreshold()),
        or(pendingEvents, before.pendingEventsThreshold()),
        or(writeBatch, before.maxWriteBatchLength()),
        before.maxAllowedWritesInFlight(),
        or(executionTimeout, before.executionTimeoutMillis()),
        or(onFailure, before.failurePolicy()));
  }

  private static <T> T or(@Nullable T given, T before) {
    return given == null ? before : given;
  }

  private void show(ProjectionConfig config) {
    var values = values(config);
    if (json) {
      shell.out().println(JsonMapper.shared().writeValueAsString(values));
      return;
    }
    var table = new Table("setting", ">value");
    values.forEach((setting, value) -> table.row(setting, String.valueOf(value)));
    shell.out().print(table.text(shell.style()));
  }

  private static Map<String, Object> values(ProjectionConfig config) {
    var values = new LinkedHashMap<String, Object>();
    values.put("emit", config.emitEnabled());
    values.put("track-emitted-streams", config.trackEmittedStreams());
    values.put("on-failure", config.failurePolicy().toString());
    values.put("checkpoint-after", config.checkpointAfterMs());
    values.put("checkpoint-handled", config.checkpointHandledThreshold());
    values.put("checkpoint-unhandled-bytes", config.checkpointUnhandledBytesThreshold());
    values.put("pending-events", config.pendingEventsThreshold());
    values.put("write-batch", config.maxWriteBatchLength());
    values.put("execution-timeout", config.executionTimeoutMillis());
    return values;
  }

  /// A policy by its name.
  static final class OfPolicy implements ITypeConverter<FailurePolicy> {
    @Override
    public FailurePolicy convert(String text) {
      try {
        return FailurePolicy.of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
