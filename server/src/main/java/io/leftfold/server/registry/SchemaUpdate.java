// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

import io.leftfold.server.registry.compatibility.CompatibilityMode;
import java.util.Map;
import java.util.Optional;

/// What is to be said otherwise of a schema. What is absent stays.
///
/// @param description another description
/// @param tags all tags there are from now on
/// @param compatibility what new versions owe from now on
/// @param changesFormat whether the data format was to be changed, which cannot be
public record SchemaUpdate(
    Optional<String> description,
    Optional<Map<String, String>> tags,
    Optional<CompatibilityMode> compatibility,
    boolean changesFormat) {

  /// Checks and copies.
  ///
  /// @throws BadSchemaException if something is too long, too much, or nothing
  public SchemaUpdate {
    if (description.isEmpty() && tags.isEmpty() && compatibility.isEmpty() && !changesFormat) {
      throw new BadSchemaException(
          "update_mask",
          "An update names details.description, details.tags or details.compatibility, got none");
    }
    description.ifPresent(SchemaDetails::checkDescription);
    tags = tags.map(SchemaDetails::checkedTags);
  }
}
