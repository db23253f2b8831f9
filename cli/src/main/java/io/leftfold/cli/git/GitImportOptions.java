// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import io.leftfold.api.StreamName;
import java.util.Optional;

/// What to import and under which names: `GitImportOptions.defaults().withBranch("main")`.
///
/// @param branch any name of a commit that git knows (a branch, a tag, an id); empty for `HEAD`
/// @param name the repository's name in the store; empty for the name of its directory
/// @param category the category of the file streams: a file is in `<category>-<path>`
/// @param threads how many commits are compared at once
public record GitImportOptions(
    Optional<String> branch, Optional<String> name, String category, int threads) {

  /// Checks the parts.
  ///
  /// @throws IllegalArgumentException if the category cannot be one, or no thread is allowed
  public GitImportOptions {
    if (category.isEmpty()
        || category.contains("-")
        || category.startsWith("$")
        || category.equals(GitImport.REPOSITORY_CATEGORY)) {
      throw new IllegalArgumentException(
          "The category of the file streams has at least one character, no \"-\", no \"$\" in front, and is not \"%s\"; got \"%s\""
              .formatted(GitImport.REPOSITORY_CATEGORY, category));
    }
    if (threads < 1) {
      throw new IllegalArgumentException("An import needs 1 thread or more, got " + threads);
    }
  }

  /// The history of `HEAD`, under the directory's name, into `file-<path>`.
  ///
  /// @return the options
  public static GitImportOptions defaults() {
    return new GitImportOptions(
        Optional.empty(), Optional.empty(), "file", Runtime.getRuntime().availableProcessors());
  }

  /// The history of a branch.
  ///
  /// @param branch its name, or anything else that names a commit
  /// @return the new options
  public GitImportOptions withBranch(String branch) {
    return new GitImportOptions(Optional.of(branch), name, category, threads);
  }

  /// Under another name.
  ///
  /// @param name the repository's name in the store
  /// @return the new options
  public GitImportOptions withName(String name) {
    return new GitImportOptions(branch, Optional.of(name), category, threads);
  }

  /// Into other streams, for a second repository in the same store.
  ///
  /// @param category the category of its file streams
  /// @return the new options
  public GitImportOptions withCategory(String category) {
    return new GitImportOptions(branch, name, category, threads);
  }

  /// With so many threads that compare commits.
  ///
  /// @param threads 1 or more
  /// @return the new options
  public GitImportOptions withThreads(int threads) {
    return new GitImportOptions(branch, name, category, threads);
  }

  StreamName fileStream(String path) {
    return FileStreamName.of(category, path);
  }
}
