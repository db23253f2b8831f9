// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ResolvedEvent;
import java.util.List;

/// Events as a script would be given them.
///
/// @param events in the order of positions
/// @param through everything up to here was looked at; −1 for nothing
public record ProjectionFeed(List<ResolvedEvent> events, long through) {

  /// Copies the list.
  public ProjectionFeed {
    events = List.copyOf(events);
  }
}
