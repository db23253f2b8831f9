// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Printable;
import io.leftfold.client.RemoteProjections;
import io.leftfold.projections.FailurePolicy;
import io.leftfold.projections.NewProjection;
import io.leftfold.projections.ProjectionConfig;
import io.leftfold.projections.Projections;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// The commands that make and change projections.
final class ProjectionsChanging {

  private ProjectionsChanging() {}

  @Command(
      name = "create",
      header = "Create a projection from a script.",
      description =
          "It starts at once: on a server there, in a data directory as soon as the store is served, or opened by a command. It runs for ever, or with --one-time to the end of the log.",
      descriptionHeading = "%n",
      footerHeading = "%nExamples:%n",
      footer = {
        "  leftfold projections create balances balances.js --data store",
        "  leftfold projections create mailer mailer.js --emit --track-emitted-streams \\",
        "      --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
      })
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Create extends ProjectionCommand {
    @Parameters(index = "1", paramLabel = "<script>", description = "A file; - is standard input.")
    private Path script;

    @Option(names = "--emit", description = "Allow it to write: emit, linkTo, linkStreamTo.")
    private boolean emit;

    @Option(
        names = "--track-emitted-streams",
        description = "Keep a list of the streams that it writes to.")
    private boolean track;

    @Option(
        names = "--one-time",
        description = "Let it run to the end of the log, and no further; it is Completed then.")
    private boolean oneTime;

    @Option(names = "--disabled", description = "Do not start it.")
    private boolean disabled;

    @Option(
        names = "--on-failure",
        paramLabel = "<policy>",
        defaultValue = "stop",
        converter = ProjectionsConfigCommand.OfPolicy.class,
        description =
            "What becomes of an event that makes the script fail: stop, retry, park-event or park-partition. Default: stop.")
    private FailurePolicy onFailure;

    Create(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      var text = ScriptFile.read(shell, script).text();
      if (oneTime) {
        return change(
            here -> create(here, NewProjection.oneTime(name, text)),
            there ->
                there
                    .controls()
                    .createOneTime(name, text, emit, track, disabled, onFailure.toString()),
            "is there");
      }
      return change(
          here -> create(here, NewProjection.continuous(name, text)),
          there -> create(there, text),
          "is there");
    }

    private void create(Projections here, NewProjection projection) {
      var wanted =
          projection.with(
              ProjectionConfig.DEFAULT
                  .withEmitEnabled(emit)
                  .withTrackEmittedStreams(track)
                  .withFailurePolicy(onFailure));
      here.create(disabled ? wanted.disabled() : wanted);
    }

    private void create(RemoteProjections there, String text) {
      if (disabled || onFailure != FailurePolicy.STOP) {
        there.controls().createContinuous(name, text, emit, track, disabled, onFailure.toString());
      } else {
        there.createContinuous(name, text, emit, track);
      }
    }
  }

  @Command(
      name = "update",
      header = "Give a projection another script.",
      description =
          "It goes on from where it is. With --beside the new version is built from zero while the old one answers, takes over in one step when it has come to the same place, and emits nothing that was emitted before.",
      descriptionHeading = "%n",
      footerHeading = "%nExamples:%n",
      footer = {
        "  leftfold projections update balances balances.js --data store",
        "  leftfold projections update balances balances.js --beside \\",
        "      --connect 'kurrentdb://127.0.0.1:2113?tls=false'",
      })
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Update extends ProjectionCommand {
    @Parameters(index = "1", paramLabel = "<script>", description = "A file; - is standard input.")
    private Path script;

    @Option(names = "--emit", arity = "1", description = "Whether it may write. Default: as it is.")
    private @Nullable Boolean emit;

    @Option(
        names = "--beside",
        description =
            "Build it from zero beside the one that answers, and wait until it takes over.")
    private boolean beside;

    Update(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      var text = ScriptFile.read(shell, script).text();
      var allowed = Optional.ofNullable(emit);
      if (beside) {
        return at.run(shell, name, projections -> buildBeside(projections, text, allowed));
      }
      return change(
          here -> here.update(name, text, allowed, Optional.empty()),
          there -> there.update(name, text, allowed),
          "has another script");
    }

    private int buildBeside(
        ProjectionsAt.Opened projections, String text, Optional<Boolean> allowed)
        throws InterruptedException {
      projections.tell(
          here -> here.buildBeside(name, text, allowed),
          there -> there.controls().buildBeside(name, text, allowed));
      var now = projections.awaitTakeover(shell, name);
      if (now.beside().isPresent()) {
        throw new CommandFailedException(
            ExitCode.FAILED,
            "The version beside %s does not get on, and \"leftfold projections cancel %s\" gives it up: %s"
                .formatted(name, name, now.beside().get().reason()));
      }
      return said("has another script, and was built anew with it");
    }
  }

  @Command(
      name = "cancel",
      header = "Give up the version that is built beside a projection.",
      description = "As \"update --beside\" began it; without one nothing is done.",
      descriptionHeading = "%n")
  static final class Cancel extends ProjectionCommand {
    Cancel(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      return change(
          here -> here.cancelBuilding(name),
          there -> there.controls().cancelBeside(name),
          "has no version beside it");
    }
  }

  @Command(name = "delete", header = "Delete a projection that is stopped or faulted.")
  static final class Delete extends ProjectionCommand {
    @Option(
        names = "--emitted-streams",
        description = "The streams that it wrote to go too, as far as they were tracked.")
    private boolean emittedStreams;

    @Option(names = "--results", description = "Its results go too.")
    private boolean results;

    Delete(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      return change(
          here -> here.delete(name, emittedStreams, results, true),
          there -> there.delete(name, emittedStreams, results, true),
          "is deleted");
    }
  }

  @Command(name = "enable", header = "Start a projection.")
  static final class Enable extends ProjectionCommand {
    Enable(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      return change(here -> here.enable(name), there -> there.enable(name), "is enabled");
    }
  }

  @Command(name = "disable", header = "Stop a projection behind a last step.")
  static final class Disable extends ProjectionCommand {
    Disable(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      return change(here -> here.disable(name), there -> there.disable(name), "is disabled");
    }
  }

  @Command(name = "abort", header = "Stop a projection without the step that is open.")
  static final class Abort extends ProjectionCommand {
    Abort(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      return change(here -> here.abort(name), there -> there.abort(name), "is aborted");
    }
  }

  @Command(
      name = "reset",
      header = "Make a projection begin at zero.",
      description = "What it has emitted is not emitted again, unless --emit-again says so.",
      descriptionHeading = "%n")
  static final class Reset extends ProjectionCommand {
    @Option(names = "--emit-again", description = "Emit everything again, besides what is there.")
    private boolean emitAgain;

    Reset(Shell shell) {
      super(shell);
    }

    @Override
    public Integer call() throws Exception {
      if (emitAgain) {
        return change(
            here -> here.reset(name, true),
            there -> there.controls().emitAgain(name),
            "begins at zero, and emits again");
      }
      return change(here -> here.reset(name), there -> there.reset(name), "begins at zero");
    }
  }

  /// What `resume` and `skip` have in common.
  abstract static class OfParked extends ProjectionCommand {
    @Option(names = "--all", description = "Everything that is parked, in the order of positions.")
    private boolean all;

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "<position>",
        description = "Of the parked event, as \"leftfold projections parked\" shows it.")
    private @Nullable Long position;

    @Spec private @Nullable CommandSpec spec;

    OfParked(Shell shell) {
      super(shell);
    }

    abstract Optional<String> take(ProjectionsAt.Opened projections, long parkedAt);

    @Override
    public Integer call() throws Exception {
      if (all == (position != null) && spec != null) {
        throw new ParameterException(
            spec.commandLine(), "Name the position of a parked event, or --all");
      }
      return at.run(
          shell,
          name,
          projections -> {
            projections.awaitEnd(shell, name);
            if (position != null) {
              return took(projections, position) ? ExitCode.OK : ExitCode.FAILED;
            }
            // What is parked again meanwhile, further on, is for the next time.
            var parked = new ArrayList<Long>();
            projections.parked(
                name,
                0,
                Integer.MAX_VALUE,
                page -> page.forEach(event -> parked.add(event.position())));
            var whole = true;
            for (var one : parked) {
              whole &= took(projections, one);
            }
            return whole ? ExitCode.OK : ExitCode.FAILED;
          });
    }

    private boolean took(ProjectionsAt.Opened projections, long parkedAt) {
      var still = take(projections, parkedAt);
      still.ifPresentOrElse(
          why ->
              shell
                  .err()
                  .println(
                      "Position %,d is still parked: %s".formatted(parkedAt, Printable.of(why))),
          () -> shell.out().println("Position %,d is not parked any more.".formatted(parkedAt)));
      return still.isEmpty();
    }
  }

  @Command(name = "resume", header = "Let a projection have what it set aside.")
  static final class Resume extends OfParked {
    Resume(Shell shell) {
      super(shell);
    }

    @Override
    Optional<String> take(ProjectionsAt.Opened projections, long parkedAt) {
      return projections.ask(
          here -> here.resume(name, parkedAt), there -> there.inquiries().resume(name, parkedAt));
    }
  }

  @Command(
      name = "skip",
      header = "Leave a parked event out for good, and go on with what is behind it.")
  static final class Skip extends OfParked {
    Skip(Shell shell) {
      super(shell);
    }

    @Override
    Optional<String> take(ProjectionsAt.Opened projections, long parkedAt) {
      return projections.ask(
          here -> here.skip(name, parkedAt), there -> there.inquiries().skip(name, parkedAt));
    }
  }
}
