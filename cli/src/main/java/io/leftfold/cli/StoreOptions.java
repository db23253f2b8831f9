// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.CorruptLogException;
import io.leftfold.api.EventStore;
import io.leftfold.api.UnavailableException;
import io.leftfold.cli.output.Printable;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Which store a command works on: a directory or a server.
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class StoreOptions {

  static final Path DEFAULT_DIRECTORY = Path.of("leftfold-data");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @ArgGroup(exclusive = true, multiplicity = "0..1", heading = "%nWhich store:%n", order = 50)
  private @Nullable Choice choice;

  private static final class Choice {
    @Option(
        names = {"-d", "--data"},
        paramLabel = "<directory>",
        description = "A data directory that no other process uses. Default: ./leftfold-data.")
    private @Nullable Path data;

    @Option(
        names = {"-c", "--connect"},
        paramLabel = "<connection string>",
        description =
            "A running server, as in kurrentdb://127.0.0.1:2113?tls=false or kurrentdb://jo@127.0.0.1:2113?tlsCaFile=leftfold-data/tls/ca.crt; the password of a user comes from LEFTFOLD_PASSWORD, or is asked for.")
    private @Nullable String connect;
  }

  /// Opens the store to read it. A directory must be there; while it is read no other process has
  /// it. A damaged store, or one that may not be written, is opened for reading only.
  EventStore openToRead(Shell shell) {
    var connect = connectionString();
    if (connect != null) {
      return RemoteEventStore.connect(Secrets.connection(shell, connect));
    }
    var directory = storeDirectory(shell);
    try {
      var opened = LocalEventStore.open(directory);
      opened.recovery().ifPresent(report -> shell.err().println("After an unclean end: " + report));
      return opened;
    } catch (CorruptLogException e) {
      shell
          .err()
          .println(
              shell.style().warning("WARNING: ")
                  + Printable.of(String.valueOf(e.getMessage()))
                  + " What is whole is shown.");
      return openReadOnly(directory);
    } catch (UnavailableException e) {
      if (e.reason() == UnavailableException.Reason.IN_USE || Files.isWritable(directory)) {
        throw e;
      }
      return openReadOnly(directory);
    }
  }

  private static EventStore openReadOnly(Path directory) {
    return LocalEventStore.open(directory, EngineOptions.defaults().forReadingOnly());
  }

  /// Opens the store to write to it: a directory that was named is made if it is not there.
  EventStore openToWrite(Shell shell) {
    var connect = connectionString();
    if (connect != null) {
      return RemoteEventStore.connect(Secrets.connection(shell, connect));
    }
    var named = named();
    return LocalEventStore.open(named == null ? existingDirectory(shell) : shell.resolve(named));
  }

  /// The directory, for what can be done with nothing but a directory.
  Path existingDirectory(Shell shell) {
    var named = named();
    var directory = shell.resolve(named == null ? DEFAULT_DIRECTORY : named);
    if (!Files.isDirectory(directory)) {
      throw new ParameterException(
          command.commandLine(),
          named == null
              ? "No store was named, and there is no ./leftfold-data here. Name one with --data <directory> or --connect <connection string>; \"leftfold serve\" makes one"
              : "There is no directory %s".formatted(named));
    }
    return directory;
  }

  /// The directory, which must hold a store.
  Path storeDirectory(Shell shell) {
    return DataDirectory.existing(shell, existingDirectory(shell));
  }

  /// Whether a server was named.
  boolean isRemote() {
    return connectionString() != null;
  }

  /// The option that names this store, to be repeated in advice.
  String asArgument() {
    var connect = connectionString();
    if (connect != null) {
      return "--connect '%s'".formatted(connect);
    }
    var named = named();
    return named == null ? "" : "--data " + named;
  }

  private @Nullable String connectionString() {
    return choice == null ? null : choice.connect;
  }

  private @Nullable Path named() {
    return choice == null ? null : choice.data;
  }
}
