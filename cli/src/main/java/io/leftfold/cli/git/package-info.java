// SPDX-License-Identifier: Apache-2.0

/// Turns the history of a git repository into events, through the public
/// [io.leftfold.api.EventStore] and nothing else.
///
/// [GitImport] is the door: it knows what was imported before, what is to be imported, and in which
/// order. `GitHistory` reads commits and differences, `CommitEvents` words them as events. What the
/// events mean is written down in `designs/git-import.md`. There is no terminal here and no command
/// line: that is `io.leftfold.cli`.
@NullMarked
package io.leftfold.cli.git;

import org.jspecify.annotations.NullMarked;
