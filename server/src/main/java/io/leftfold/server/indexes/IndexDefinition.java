// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.projections.EventSelector;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// What an index is.
///
/// @param name 1 to 1,000 small letters, digits, `_` and `-`
/// @param filter JavaScript: a function of one record that says whether it is wanted; blank for all
/// @param fields at most 64, with different names
public record IndexDefinition(String name, String filter, List<IndexField> fields) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,1000}");
  private static final int FIELDS_MAX = 64;

  /// Copies the list, and checks all but the scripts.
  ///
  /// @throws InvalidIndexException if something is out of its bounds
  public IndexDefinition {
    fields = List.copyOf(fields);
    requireName("name", name);
    if (fields.size() > FIELDS_MAX) {
      throw new InvalidIndexException(
          "fields",
          "An index can have at most %d fields, got %d".formatted(FIELDS_MAX, fields.size()));
    }
    var names = new HashSet<String>();
    for (var i = 0; i < fields.size(); i++) {
      var field = fields.get(i);
      requireName("fields[%d].name".formatted(i), field.name());
      if (!names.add(field.name())) {
        throw new InvalidIndexException(
            "fields[%d].name".formatted(i),
            "Index field names must be unique, got \"%s\" twice".formatted(field.name()));
      }
    }
    if (fields.isEmpty() && filter.isBlank()) {
      throw new InvalidIndexException(
          "filter", "At least a filter or a field must be provided, got neither");
    }
  }

  private static void requireName(String where, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new InvalidIndexException(
          where,
          "Name can contain only lowercase alphanumeric characters, underscores and dashes, 1 to 1,000 of them");
    }
  }

  List<EventSelector> selectors() {
    return fields.stream().map(IndexField::asSelector).toList();
  }
}
