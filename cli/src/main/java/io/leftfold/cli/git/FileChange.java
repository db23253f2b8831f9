// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import java.util.Optional;

/// What a git commit did to one file, compared with its first parent.
sealed interface FileChange {

  /// Counted lines; none for binary files.
  Lines lines();

  /// The file was not there before.
  ///
  /// @param copiedFrom the file whose content it repeats, if that was renamed in the same commit
  record Added(String path, Version now, Lines lines, Optional<String> copiedFrom)
      implements FileChange {}

  /// Its content, its mode or its kind changed.
  record Changed(String path, Version before, Version now, Lines lines) implements FileChange {}

  /// It went from one path to another, perhaps changed on the way.
  ///
  /// @param similarity in percent; 100 if not changed
  record Renamed(String from, String to, Version before, Version now, Lines lines, int similarity)
      implements FileChange {}

  /// It is gone.
  record Deleted(String path, Version before, Lines lines) implements FileChange {}

  /// A file as it was at one time.
  ///
  /// @param blob git's id of the content; of a submodule, the commit
  /// @param mode git's mode, in octal: `100644`, `100755`, `120000` (link), `160000` (submodule)
  record Version(String blob, String mode) {}

  /// How many lines came and went.
  ///
  /// @param binary whether a side was binary, so that no lines were counted
  record Lines(int added, int removed, boolean binary) {
    static final Lines BINARY = new Lines(0, 0, true);
  }
}
