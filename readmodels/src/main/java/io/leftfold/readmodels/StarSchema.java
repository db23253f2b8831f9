// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;

/// Tables for whoever counts: facts, and the dimensions that they are counted by. A spreadsheet or
/// a tool for reports connects to the database, joins `booking` with `account` and `day`, and sums.
///
/// ```java
/// static final StarSchema STAR =
///     StarSchema.empty()
///         .dimension("account", "owner VARCHAR(140)")
///         .dates("day")
///         .fact("booking", List.of("account", "day"), "cents BIGINT NOT NULL");
///
/// var readModel = SqlReadModel.of(dataSource, STAR.tables());
///
/// // in the fold
/// STAR.in(view).describe("account", opened.account(), Map.of("owner", opened.owner()));
/// STAR.in(view)
///     .count(
///         "booking",
///         occurred.recorded().position(),
///         Map.of("account", booked.account(), "day", booked.day()),
///         Map.of("cents", booked.cents()));
/// ```
///
/// | table | columns |
/// |---|---|
/// | a dimension, `account` | `account_key`, a number of the table's own; `account`, what the events call it; its attributes, which are null until something is known |
/// | dates, `day` | `day_key`, as 20260117; `calendar_date`, `calendar_year`, `calendar_quarter`, `calendar_month`, `month_name`, `day_of_month`, `day_of_week` from Monday 1, `day_name`, `iso_week_year`, `iso_week` |
/// | a fact, `booking` | `log_position` of its event; `line`, from 0, if an event is several; the key of each dimension; its measures |
///
/// Each version of a projection has tables of its own ([SqlTable]); what connects to the database
/// for longer than a version lives asks the views of [SqlReadModel#withViews]. A change of an
/// attribute shows in all facts, the earlier ones too. Of a year in which anything happened there
/// are all days.
public final class StarSchema {

  /// What is counted by: attributes, or dates.
  sealed interface Dimension {
    record Described(List<String> attributes) implements Dimension {}

    record Dates() implements Dimension {}
  }

  /// What is counted.
  record Fact(List<String> dimensions, List<String> measures) {}

  private final SequencedMap<String, Dimension> dimensions;
  private final SequencedMap<String, Fact> facts;
  private final List<SqlTable> tables;

  private StarSchema(
      SequencedMap<String, Dimension> dimensions,
      SequencedMap<String, Fact> facts,
      List<SqlTable> tables) {
    this.dimensions = dimensions;
    this.facts = facts;
    this.tables = List.copyOf(tables);
  }

  /// Without tables.
  ///
  /// @return to which some are added
  public static StarSchema empty() {
    return new StarSchema(new LinkedHashMap<>(), new LinkedHashMap<>(), List.of());
  }

  /// And a dimension.
  ///
  /// @param name of the table, and of the column with what the events call one of it
  /// @param attributes columns, as `CREATE TABLE` has them; may be null
  /// @return the new schema
  public StarSchema dimension(String name, String... attributes) {
    var more = new LinkedHashMap<>(dimensions);
    more.put(name, new Dimension.Described(Stream.of(attributes).map(StarSchema::column).toList()));
    var columns =
        Stream.concat(
            Stream.of(name + "_key BIGINT PRIMARY KEY", name + " VARCHAR(255) NOT NULL UNIQUE"),
            Stream.of(attributes));
    return new StarSchema(more, facts, with(name, columns));
  }

  /// And a dimension of dates.
  ///
  /// @param name of the table
  /// @return the new schema
  public StarSchema dates(String name) {
    var more = new LinkedHashMap<>(dimensions);
    more.put(name, new Dimension.Dates());
    return new StarSchema(more, facts, with(name, Dates.columns(name)));
  }

  /// And facts.
  ///
  /// @param name of the table
  /// @param by the names of dimensions
  /// @param measures columns, as `CREATE TABLE` has them
  /// @return the new schema
  /// @throws IllegalArgumentException if there is no such dimension
  public StarSchema fact(String name, List<String> by, String... measures) {
    if (!dimensions.keySet().containsAll(by)) {
      throw new IllegalArgumentException(
          "Facts are counted by dimensions that are there, %s, got %s"
              .formatted(dimensions.keySet(), by));
    }
    var more = new LinkedHashMap<>(facts);
    more.put(name, new Fact(List.copyOf(by), Stream.of(measures).map(StarSchema::column).toList()));
    var columns =
        Stream.of(
                Stream.of("log_position BIGINT NOT NULL", "line INTEGER NOT NULL"),
                by.stream().map(dimension -> dimension + "_key BIGINT NOT NULL"),
                Stream.of(measures),
                Stream.of("PRIMARY KEY (log_position, line)"))
            .flatMap(column -> column);
    return new StarSchema(dimensions, more, with(name, columns));
  }

  /// The name is what comes first.
  private static String column(String definition) {
    return definition.strip().split("\\s", 2)[0];
  }

  private List<SqlTable> with(String name, Stream<String> columns) {
    if (tables.stream().anyMatch(table -> table.name().equals(name))) {
      throw new IllegalArgumentException("There is a table %s already".formatted(name));
    }
    var more = new ArrayList<>(tables);
    more.add(new SqlTable(name, String.join(", ", columns.toList())));
    return more;
  }

  /// The tables, for a read model.
  ///
  /// @return of dimensions and facts
  public SqlTable[] tables() {
    return tables.toArray(SqlTable[]::new);
  }

  /// The schema in a transaction.
  ///
  /// @param view of a read model with [#tables]
  /// @return what a fold writes to
  public Star in(SqlView view) {
    return new Star(this, view);
  }

  Dimension dimension(String name) {
    return known(dimensions, name, "dimension");
  }

  Fact fact(String name) {
    return known(facts, name, "fact");
  }

  private static <T> T known(Map<String, T> all, String name, String kind) {
    var one = all.get(name);
    if (one == null) {
      throw new IllegalArgumentException(
          "There is no %s %s in this schema, only %s".formatted(kind, name, all.keySet()));
    }
    return one;
  }

  /// Names come into SQL as they are, so they are of the schema.
  static void requireAmong(List<String> columns, Set<String> given, String of) {
    if (!columns.containsAll(given)) {
      throw new IllegalArgumentException("%s has %s, got %s".formatted(of, columns, given));
    }
  }
}
