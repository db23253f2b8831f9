// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.EventStore;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Subscription;
import io.leftfold.api.SubscriptionMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Shows events as they are appended.
@Command(
    name = "tail",
    header = "Show events as they are appended, until Ctrl-C.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhat:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold tail --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
      "  leftfold tail account-7 --from-start -c 'kurrentdb://127.0.0.1:2113?tls=false'",
      "",
      "With --data this process alone has the store, so nothing new comes: use --connect.",
    })
@SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Picocli sets the fields, and reads some.
final class TailCommand implements Callable<Integer> {

  private static final Duration LOOK_UP = Duration.ofMillis(200);

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "<stream>",
      description = "The stream, which need not exist yet. Without it: all streams.")
  private @Nullable String stream;

  @ArgGroup(exclusive = true, multiplicity = "0..1")
  private @Nullable Start start;

  private static final class Start {
    @Option(names = "--from-start", description = "Begin with the oldest event, not with the next.")
    private boolean fromStart;

    @Option(
        names = "--after",
        paramLabel = "<n>",
        description = "Begin behind this revision; without a stream behind this position.")
    private @Nullable Long after;

    @Option(
        names = "--from-time",
        paramLabel = "<time>",
        converter = Times.OfTime.class,
        description = "Begin with what was recorded at this time, as in 2026-07-17T14:02:00Z.")
    private @Nullable Instant time;
  }

  @Option(
      names = {"-n", "--limit"},
      paramLabel = "<n>",
      description = "End after so many events.")
  private @Nullable Long limit;

  @Option(names = "--resolve", description = "Follow links to what they point to.")
  private boolean resolve;

  @Mixin private EventOutput output;
  @Mixin private FilterOptions filter;
  @Mixin private StoreOptions store;

  private final Shell shell;

  TailCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (stream != null && filter.isGiven()) {
      throw new ParameterException(
          spec.commandLine(), "A filter chooses among all streams; leave the stream out");
    }
    if (limit != null && limit < 1) {
      throw new ParameterException(spec.commandLine(), "--limit is 1 or more, got " + limit);
    }
    try (var opened = store.openToRead(shell);
        var subscription = subscribe(opened)) {
      while (!shell.stop().isRequested() && (limit == null || output.shown() < limit)) {
        var message = subscription.poll(LOOK_UP);
        if (message.isPresent() && !show(message.get())) {
          break;
        }
      }
    }
    return ExitCode.OK;
  }

  private Subscription subscribe(EventStore opened) {
    var options = begun();
    if (resolve) {
      options = options.resolvingLinks();
    }
    return stream == null
        ? opened.subscribeToAll(options.filteredBy(filter.filter()))
        : opened.subscribe(StreamName.of(stream), options);
  }

  private SubscribeOptions begun() {
    if (start == null) {
      return SubscribeOptions.fromEnd();
    } else if (start.after != null) {
      return SubscribeOptions.after(start.after);
    }
    return start.time != null
        ? SubscribeOptions.fromTime(start.time)
        : SubscribeOptions.fromBeginning();
  }

  private boolean show(SubscriptionMessage message) {
    return switch (message) {
      case SubscriptionMessage.Event(var event) -> {
        output.show(shell, event);
        yield !shell.out().checkError();
      }
      case SubscriptionMessage.CaughtUp _ -> {
        if (shell.interactive()) {
          shell.err().println(shell.style().faint("(what follows is new; Ctrl-C ends)"));
        }
        yield true;
      }
      case SubscriptionMessage.Checkpoint _, SubscriptionMessage.FellBehind _ -> true;
    };
  }
}
