// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.EventFilter;

/// A group as it was made: which, of what, how.
///
/// @param id which
/// @param filter which events, of all streams
/// @param settings how it works
public record GroupDefinition(GroupId id, EventFilter filter, GroupSettings settings) {

  GroupDefinition with(GroupSettings changed) {
    return new GroupDefinition(id, filter, changed);
  }

  boolean isFiltered() {
    return !(filter instanceof EventFilter.Everything);
  }
}
