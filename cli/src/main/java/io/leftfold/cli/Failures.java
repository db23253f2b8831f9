// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.cli.git.GitImportException;
import io.leftfold.cli.output.Printable;
import io.leftfold.client.GroupFailedException;
import io.leftfold.client.NearestName;
import io.leftfold.client.ProjectionFailedException;
import io.leftfold.projections.ProjectionException;
import io.leftfold.projections.ProjectionFaultException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns what went wrong into one message on the error stream and an exit code. A stack trace is
/// shown on request (`--stack-trace`), and for what should never happen.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

  private final Shell shell;

  Failures(Shell shell) {
    this.shell = shell;
  }

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    var command = e.getCommandLine();
    // What is missing is often there, but misspelt.
    var unknown = e instanceof MissingParameterException ? unknown(command) : "";
    say(e.getMessage() + unknown);
    if (e instanceof UnmatchedArgumentException unmatched) {
      var suggestions = suggestions(unmatched);
      if (!suggestions.isEmpty()) {
        shell
            .err()
            .println(
                suggestions.stream()
                    .map(suggestion -> "\"" + suggestion + "\"")
                    .collect(Collectors.joining(" or ", "Did you mean ", "?")));
      }
    }
    shell
        .err()
        .println(
            "Run \"%s --help\" to see how it is used."
                .formatted(command.getCommandSpec().qualifiedName()));
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception e, CommandLine command, @Nullable ParseResult parsed) {
    var root = command;
    while (root.getParent() != null) {
      root = root.getParent();
    }
    var code = exitCode(e);
    say(message(e));
    if (Boolean.TRUE.equals(root.getCommandSpec().findOption("--stack-trace").getValue())) {
      e.printStackTrace(shell.err());
    } else if (!isExpected(e)) {
      shell.err().println("This should not happen. Add --stack-trace to see where it did.");
    }
    return code;
  }

  /// Picocli looks at the whole word alone, and likes whatever begins alike; of an option with its
  /// value, the option is meant.
  private static List<String> suggestions(UnmatchedArgumentException e) {
    var known = List.copyOf(e.getCommandLine().getCommandSpec().optionsMap().keySet());
    return e.getUnmatched().stream()
        .filter(word -> word.startsWith("--"))
        .findFirst()
        .map(word -> word.replaceFirst("=.*", ""))
        .flatMap(word -> NearestName.of(word, known))
        .map(List::of)
        .orElseGet(e::getSuggestions);
  }

  private static String unknown(CommandLine command) {
    var unmatched = command.getUnmatchedArguments();
    return unmatched.isEmpty() ? "" : "; unknown is '%s'".formatted(String.join("', '", unmatched));
  }

  private void say(String message) {
    shell.err().println("leftfold: " + message);
  }

  private static int exitCode(Throwable e) {
    return switch (e) {
      case CommandFailedException failed -> failed.exitCode();
      case GitImportException failed ->
          failed.getCause() == null ? ExitCode.FAILED : exitCodeOfCause(failed.getCause());
      case LeftfoldException failed -> exitCode(failed);
      case IllegalArgumentException _ -> ExitCode.USAGE;
      default -> ExitCode.FAILED;
    };
  }

  private static int exitCodeOfCause(Throwable cause) {
    return cause instanceof LeftfoldException failed ? exitCode(failed) : ExitCode.FAILED;
  }

  private static int exitCode(LeftfoldException e) {
    return switch (e) {
      case WrongExpectedStateException _, ConditionFailedException _, AlreadyTrackedException _ ->
          ExitCode.CONFLICT;
      case UnavailableException _ -> ExitCode.UNAVAILABLE;
      case StreamTombstonedException _,
          LimitExceededException _,
          NotAuthorizedException _,
          CorruptLogException _ ->
          ExitCode.FAILED;
    };
  }

  private static boolean isExpected(Throwable e) {
    return e instanceof CommandFailedException
        || e instanceof GitImportException
        || e instanceof GroupFailedException
        || e instanceof ProjectionFailedException
        || e instanceof ProjectionException
        || e instanceof ProjectionFaultException
        || e instanceof LeftfoldException
        || e instanceof IllegalArgumentException
        || e instanceof IOException;
  }

  private static String message(Throwable e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + " does not exist";
      case FileAlreadyExistsException there -> there.getFile() + " is already there";
      case AccessDeniedException denied -> denied.getFile() + " may not be opened by this user";
      case FileSystemException failed -> failed.getFile() + ": " + failed.getReason();
      case ProjectionFaultException fault ->
          String.valueOf(fault.getMessage())
              .lines()
              .map(Printable::of)
              .collect(Collectors.joining("\n"));
      default ->
          e.getMessage() == null
              ? e.getClass().getSimpleName()
              : isExpected(e)
                  ? Printable.of(e.getMessage())
                  : e.getClass().getSimpleName() + ": " + Printable.of(e.getMessage());
    };
  }
}
