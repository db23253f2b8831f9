// SPDX-License-Identifier: Apache-2.0

/// The `leftfold` command: [Main] and a class for each of its commands.
///
/// A command reads its options, opens the store they name ([StoreOptions]), does its work through
/// [io.leftfold.api.EventStore], and shows the result with `io.leftfold.cli.output`. All it knows
/// of the process around it is its [Shell]. What an error becomes (a message and an exit code) is
/// decided in [Failures] alone. There is no logic of the store here.
@NullMarked
package io.leftfold.cli;

import org.jspecify.annotations.NullMarked;
