// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import java.time.Instant;
import java.util.List;

/// One git commit and what it did.
///
/// @param parents ids, the first being the one it is compared with
/// @param subject the first paragraph of its message, on one line
/// @param renamesLimited whether so many files came and went that only unchanged ones were taken
///   for renamed
record CommitChanges(
    String commit,
    List<String> parents,
    String tree,
    Signature author,
    Signature committer,
    String subject,
    List<FileChange> files,
    boolean renamesLimited) {

  /// Who did something, and when.
  record Signature(String email, Instant at) {}
}
