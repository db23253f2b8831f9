// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.projections.EventSelector;
import io.leftfold.projections.SelectedValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// What is wanted of an index: events whose fields have these values, all of them.
///
/// @param conditions none for everything that the index has
record IndexQuery(List<Condition> conditions) {

  IndexQuery {
    conditions = List.copyOf(conditions);
  }

  /// A field has a value.
  ///
  /// @param field which, in the order of the index
  /// @param value the value
  record Condition(int field, SelectedValue value) {}

  /// Reads what stands behind the name: `country="Chad";total=149.99`. A text stands in quotes, in
  /// which `\"` and `\\` are `"` and `\`, or goes as far as the next `;`. Of an index with one
  /// field the value may stand alone, if there is no `=` in it.
  ///
  /// @throws InvalidIndexException if it is not that, or of another type than the field
  static IndexQuery parse(String text, IndexDefinition definition) {
    if (text.isEmpty()) {
      return new IndexQuery(List.of());
    }
    var fields = definition.fields();
    if (text.indexOf('=') < 0) {
      if (fields.size() != 1) {
        throw wrong(
            "A lookup in index %s is <field>=<value>;…, for it has %d fields; got \"%s\""
                .formatted(definition.name(), fields.size(), text));
      }
      return new IndexQuery(List.of(new Condition(0, value(fields.getFirst(), text))));
    }
    return new IndexQuery(new Lookup(text, definition).conditions());
  }

  private static InvalidIndexException wrong(String message) {
    return new InvalidIndexException("options.filter.stream_identifier.prefix", message);
  }

  private static SelectedValue value(IndexField field, String text) {
    try {
      return switch (field.type()) {
        case STRING -> new SelectedValue.Text(text);
        case DOUBLE -> new SelectedValue.Real(finite(text));
        case INT_32 -> new SelectedValue.Whole(Integer.parseInt(text));
        case INT_64 -> new SelectedValue.Whole(Long.parseLong(text));
      };
    } catch (NumberFormatException _) {
      throw wrong(
          "Field %s is %s, got \"%s\"".formatted(field.name(), typeWords(field.type()), text));
    }
  }

  private static double finite(String text) {
    if (!text.matches("[-+0-9.eE]+")) {
      throw new NumberFormatException(text);
    }
    var value = Double.parseDouble(text);
    if (!Double.isFinite(value)) {
      throw new NumberFormatException(text);
    }
    return value;
  }

  private static String typeWords(EventSelector.Type type) {
    return switch (type) {
      case STRING -> "a text";
      case DOUBLE -> "a number";
      case INT_32 -> "a whole number of 32 bits";
      case INT_64 -> "a whole number of 64 bits";
    };
  }

  /// Reads pairs, from left to right.
  private static final class Lookup {
    private final String text;
    private final IndexDefinition definition;
    private int at;

    Lookup(String text, IndexDefinition definition) {
      this.text = text;
      this.definition = definition;
    }

    List<Condition> conditions() {
      var conditions = new ArrayList<Condition>();
      var seen = new HashSet<Integer>();
      while (at < text.length()) {
        var field = field();
        var named = definition.fields().get(field);
        if (!seen.add(field)) {
          throw wrong("A lookup names a field once, got %s twice".formatted(named.name()));
        }
        var isQuoted = at < text.length() && text.charAt(at) == '"';
        conditions.add(new Condition(field, value(named, isQuoted ? quoted() : plain())));
      }
      return conditions;
    }

    private int field() {
      var end = text.indexOf('=', at);
      if (end < 0) {
        throw wrong(
            "A lookup is <field>=<value>;…, got \"%s\" at character %d"
                .formatted(text.substring(at), at + 1));
      }
      var name = text.substring(at, end);
      at = end + 1;
      for (var i = 0; i < definition.fields().size(); i++) {
        if (definition.fields().get(i).name().equals(name)) {
          return i;
        }
      }
      throw wrong("Index %s has no field \"%s\"".formatted(definition.name(), name));
    }

    private String plain() {
      var end = text.indexOf(';', at);
      var value = text.substring(at, end < 0 ? text.length() : end);
      at = end < 0 ? text.length() : end + 1;
      if (value.isEmpty() || value.indexOf('"') >= 0) {
        throw wrong(
            "A value is not empty, and quotes stand around all of it, got %s".formatted(value));
      }
      return value;
    }

    private String quoted() {
      var value = new StringBuilder();
      for (var i = at + 1; i < text.length(); i++) {
        var character = text.charAt(i);
        if (character == '"') {
          if (i + 1 < text.length() && text.charAt(i + 1) != ';') {
            throw wrong(
                "Behind a value in quotes comes ; or nothing, got %s".formatted(text.substring(i)));
          }
          at = Math.min(text.length(), i + 2);
          return value.toString();
        }
        value.append(character == '\\' ? escaped(++i) : character);
      }
      throw wrong("A value in quotes ends with a quote, got %s".formatted(text.substring(at)));
    }

    private char escaped(int place) {
      if (place < text.length() && (text.charAt(place) == '"' || text.charAt(place) == '\\')) {
        return text.charAt(place);
      }
      throw wrong(
          "In quotes \\ stands before \\ or a quote, got %s".formatted(text.substring(place - 1)));
    }
  }
}
