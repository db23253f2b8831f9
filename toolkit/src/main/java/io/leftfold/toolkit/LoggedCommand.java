// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/// A command of the past, and what became of it.
///
/// @param position of the record; the events it led to, if any, are at the next positions
/// @param recorded when
/// @param id if it was given with one
/// @param command what was wanted
/// @param restsOn how much of the store the decision saw: the events of its boundary below this
///   position
/// @param accepted to how many events it led; empty if it was rejected
/// @param rejected why not, in JSON; empty if it was accepted
/// @param <C> the commands
public record LoggedCommand<C>(
    long position,
    Instant recorded,
    Optional<CommandId> id,
    C command,
    long restsOn,
    OptionalInt accepted,
    Optional<String> rejected) {}
