// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/// A place in which two JSON values are not the same. The order of members is not looked at, and
/// numbers are the same if their values are.
///
/// @param path as JavaScript writes it, `.items[2].name`; empty for the whole
/// @param before JSON; empty if there is nothing
/// @param after JSON; empty if there is nothing
public record Difference(String path, Optional<String> before, Optional<String> after) {

  private static final Pattern NAME = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*");

  /// What differs.
  ///
  /// @param before a value; a missing node for nothing
  /// @param after another one
  /// @return the differences, in the order of the first value's members
  public static List<Difference> between(JsonNode before, JsonNode after) {
    var found = new ArrayList<Difference>();
    compare("", before, after, found);
    return found;
  }

  /// What differs between two states.
  ///
  /// @param before JSON; empty for none
  /// @param after JSON; empty for none
  /// @return the differences, in the order of the first one's members
  static List<Difference> between(String before, String after) {
    return between(node(before), node(after));
  }

  private static JsonNode node(String json) {
    return json.isEmpty() ? MissingNode.getInstance() : JsonMapper.shared().readTree(json);
  }

  private static void compare(
      String path, JsonNode before, JsonNode after, List<Difference> found) {
    if (before.isObject() && after.isObject()) {
      var names = new LinkedHashSet<>(before.propertyNames());
      names.addAll(after.propertyNames());
      for (var name : names) {
        compare(path + member(name), before.path(name), after.path(name), found);
      }
    } else if (before.isArray() && after.isArray()) {
      for (var i = 0; i < Math.max(before.size(), after.size()); i++) {
        compare("%s[%d]".formatted(path, i), before.path(i), after.path(i), found);
      }
    } else if (!isSame(before, after)) {
      found.add(new Difference(path, text(before), text(after)));
    }
  }

  private static String member(String name) {
    return NAME.matcher(name).matches()
        ? "." + name
        : "[\"%s\"]".formatted(name.replace("\\", "\\\\").replace("\"", "\\\""));
  }

  private static boolean isSame(JsonNode before, JsonNode after) {
    if (before.isNumber() && after.isNumber()) {
      return before.decimalValue().compareTo(after.decimalValue()) == 0;
    }
    return before.equals(after);
  }

  private static Optional<String> text(JsonNode value) {
    return value instanceof MissingNode ? Optional.empty() : Optional.of(value.toString());
  }
}
