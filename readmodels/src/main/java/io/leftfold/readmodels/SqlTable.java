// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import java.util.List;
import java.util.regex.Pattern;

/// A table of a view. Each version of a projection has one of its own: `balances` of version 4 is
/// the table `balances_v4`.
///
/// @param name of lower-case letters, digits and underscores; no other table of the database has it
/// @param columns as they stand between the parentheses of `CREATE TABLE`
public record SqlTable(String name, String columns) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  /// Checks the name.
  ///
  /// @throws IllegalArgumentException if it has other characters
  public SqlTable {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "The name of a table is of lower-case letters, digits and underscores, got \"%s\""
              .formatted(name));
    }
  }

  String of(int version) {
    return "%s_v%d".formatted(name, version);
  }

  String creation(int version) {
    return "CREATE TABLE IF NOT EXISTS %s (%s)".formatted(of(version), columns);
  }

  String clearing(int version) {
    return "DELETE FROM " + of(version);
  }

  /// Its own name leads to one version of it.
  List<String> publication(int version) {
    return List.of(hiding(), "CREATE VIEW %s AS SELECT * FROM %s".formatted(name, of(version)));
  }

  String hiding() {
    return "DROP VIEW IF EXISTS " + name;
  }

  String removal(int version) {
    return "DROP TABLE IF EXISTS " + of(version);
  }
}
