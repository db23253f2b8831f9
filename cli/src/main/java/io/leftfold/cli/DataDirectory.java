// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/// Directories that commands are told to work on.
final class DataDirectory {

  private static final String LOG = "log";

  private DataDirectory() {}

  /// A directory that must hold a store.
  static Path existing(Shell shell, Path named) {
    var directory = shell.resolve(named);
    if (!Files.isDirectory(directory.resolve(LOG))) {
      throw new CommandFailedException(
          ExitCode.FAILED,
          Files.isDirectory(directory)
              ? "%s holds no store: there is no %s in it".formatted(named, LOG)
              : "There is no directory %s".formatted(named));
    }
    return directory;
  }
}
