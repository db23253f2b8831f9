// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.StarSchema.Dimension;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A [StarSchema] in a transaction, for the thread that it was given to, as long as that lasts.
public final class Star {

  private final StarSchema schema;
  private final SqlView view;

  Star(StarSchema schema, SqlView view) {
    this.schema = schema;
    this.view = view;
  }

  /// Says something of one of a dimension, which is added if it is new.
  ///
  /// @param dimension its name; not of dates
  /// @param natural what the events call it
  /// @param attributes new values of some
  /// @return its key
  /// @throws IllegalArgumentException if there is no such dimension or attribute
  public long describe(String dimension, String natural, Map<String, ?> attributes) {
    if (!(schema.dimension(dimension) instanceof Dimension.Described(var known))) {
      throw new IllegalArgumentException(
          "A date describes itself; %s is a dimension of dates".formatted(dimension));
    }
    StarSchema.requireAmong(known, attributes.keySet(), dimension);
    var key = keyOf(dimension, natural);
    attributes.forEach((attribute, value) ->
        view.update(
            "UPDATE {%s} SET %s = ? WHERE %s_key = ?".formatted(dimension, attribute, dimension),
            value,
            key));
    return key;
  }

  /// Adds a fact. Whoever of a dimension is not known yet is added, without attributes.
  ///
  /// @param fact its name
  /// @param position of its event
  /// @param by what the events call those of its dimensions, all of them; dates as [LocalDate]
  /// @param measures the values of all its measures
  /// @throws IllegalArgumentException if one lacks, or is too many
  public void count(String fact, long position, Map<String, ?> by, Map<String, ?> measures) {
    var known = schema.fact(fact);
    requireAll(known.dimensions(), by, fact);
    requireAll(known.measures(), measures, fact);
    var columns = new ArrayList<>(List.of("log_position", "line"));
    var values = new ArrayList<Object>(List.of(position, lines(fact, position)));
    for (var dimension : known.dimensions()) {
      columns.add(dimension + "_key");
      values.add(key(dimension, valueOf(by, dimension)));
    }
    for (var measure : known.measures()) {
      columns.add(measure);
      values.add(valueOf(measures, measure));
    }
    view.update(
        "INSERT INTO {%s} (%s) VALUES (%s)"
            .formatted(
                fact,
                String.join(", ", columns),
                String.join(", ", Collections.nCopies(columns.size(), "?"))),
        values.toArray());
  }

  private static void requireAll(List<String> columns, Map<String, ?> given, String of) {
    StarSchema.requireAmong(columns, given.keySet(), of);
    if (given.size() < columns.size()) {
      throw new IllegalArgumentException(
          "%s wants all of %s, got %s".formatted(of, columns, given.keySet()));
    }
  }

  private static Object valueOf(Map<String, ?> values, String column) {
    return Optional.<Object>ofNullable(values.get(column))
        .orElseThrow(() -> new IllegalArgumentException("There is no value of " + column));
  }

  private int lines(String fact, long position) {
    return view.query(
            "SELECT COUNT(*) FROM {%s} WHERE log_position = ?".formatted(fact),
            row -> row.getInt(1),
            position)
        .getFirst();
  }

  private long key(String dimension, Object value) {
    return switch (schema.dimension(dimension)) {
      case Dimension.Described _ -> keyOf(dimension, value.toString());
      case Dimension.Dates _ when value instanceof LocalDate date ->
          Dates.keyOf(view, dimension, date);
      case Dimension.Dates _ ->
          throw new IllegalArgumentException(
              "%s is a dimension of dates, got %s".formatted(dimension, value));
    };
  }

  private long keyOf(String dimension, String natural) {
    var found =
        view.query(
            "SELECT %s_key FROM {%s} WHERE %s = ?".formatted(dimension, dimension, dimension),
            row -> row.getLong(1),
            natural);
    if (!found.isEmpty()) {
      return found.getFirst();
    }
    // The one who folds is alone with the tables of its version.
    var next =
        view.query(
                "SELECT COALESCE(MAX(%s_key), 0) + 1 FROM {%s}".formatted(dimension, dimension),
                row -> row.getLong(1))
            .getFirst();
    view.update(
        "INSERT INTO {%s} (%s_key, %s) VALUES (?, ?)".formatted(dimension, dimension, dimension),
        next,
        natural);
    return next;
  }
}
