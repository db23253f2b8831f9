// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Optional;

/// What a projection is made of.
///
/// @param name its name
/// @param query the script; of a built-in one its parameters
/// @param mode how long it runs
/// @param config how it goes about its work
/// @param checkpoints whether it keeps checkpoints
/// @param definition what the script says about itself; empty for a built-in one, and for a script
///   that does not compile
/// @param resultStream where results go, as far as the script asks for any
/// @param version how often it was changed
/// @param owner who made it
/// @param properties what the caller wanted to have kept: JSON, or empty
public record ProjectionQuery(
    String name,
    String query,
    ProjectionMode mode,
    ProjectionConfig config,
    boolean checkpoints,
    Optional<ProjectionDefinition> definition,
    String resultStream,
    long version,
    String owner,
    String properties) {}
