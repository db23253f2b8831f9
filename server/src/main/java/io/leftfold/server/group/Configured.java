// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.List;
import tools.jackson.databind.JsonNode;

/// What is configured: groups, and entries of which no group can be made.
record Configured(List<GroupDefinition> groups, List<Unusable> unusable) {

  static final Configured NOTHING = new Configured(List.of(), List.of());

  Configured {
    groups = List.copyOf(groups);
    unusable = List.copyOf(unusable);
  }

  /// An entry of which no group can be made. It is kept as it is.
  ///
  /// @param source what its group would read, as it says
  /// @param name of its group
  /// @param reason why there is none, and what to do
  /// @param entry as it was found
  record Unusable(String source, String name, String reason, JsonNode entry) {

    /// As the id of its group would be written.
    String id() {
      return source + "::" + name;
    }
  }
}
