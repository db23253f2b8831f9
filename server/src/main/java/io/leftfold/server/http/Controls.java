// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.server.node.ProjectionControl;
import io.leftfold.server.node.ServedProjections;
import io.leftfold.server.node.Session;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/// Gives whoever sends a request the projections as they may see and change them.
///
/// @param projections do what is asked
/// @param ids makes names for projections that are not given one
record Controls(ServedProjections projections, Supplier<UUID> ids) {

  PageAnswer answer(Session session, Function<ProjectionControl, PageAnswer> work) {
    try {
      return work.apply(new ProjectionControl(session, projections, ids));
    } catch (RuntimeException e) {
      return ProjectionRefusals.of(e);
    }
  }
}
