// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import java.util.Optional;

/// A parked event.
///
/// @param link as it stands in the parked stream
/// @param event what was given to consumers; empty if it is gone
public record ParkedEvent(RecordedEvent link, Optional<ResolvedEvent> event) {

  /// Its place among the parked.
  ///
  /// @return a revision of the parked stream
  public long parkedAt() {
    return link.revision();
  }

  /// How large it is, about.
  long bytes() {
    var what = event.flatMap(ResolvedEvent::event);
    return link.metadata().length
        + what.map(data -> (long) data.data().length + data.metadata().length).orElse(0L);
  }
}
