// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static java.time.temporal.IsoFields.QUARTER_OF_YEAR;
import static java.time.temporal.IsoFields.WEEK_BASED_YEAR;
import static java.time.temporal.IsoFields.WEEK_OF_WEEK_BASED_YEAR;

import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.stream.Stream;

/// The dimension of dates: all days of every year that was asked for.
final class Dates {

  private Dates() {}

  static Stream<String> columns(String name) {
    return Stream.of(
        name + "_key BIGINT PRIMARY KEY",
        "calendar_date DATE NOT NULL",
        "calendar_year INTEGER NOT NULL",
        "calendar_quarter INTEGER NOT NULL",
        "calendar_month INTEGER NOT NULL",
        "month_name VARCHAR(9) NOT NULL",
        "day_of_month INTEGER NOT NULL",
        "day_of_week INTEGER NOT NULL",
        "day_name VARCHAR(9) NOT NULL",
        "iso_week_year INTEGER NOT NULL",
        "iso_week INTEGER NOT NULL");
  }

  static long keyOf(SqlView view, String name, LocalDate date) {
    var key = key(date);
    var found =
        view.query(
            "SELECT 1 FROM {%s} WHERE %s_key = ?".formatted(name, name), row -> row.getInt(1), key);
    if (found.isEmpty()) {
      date.withDayOfYear(1)
          .datesUntil(date.withDayOfYear(1).plusYears(1))
          .forEach(day -> add(view, name, day));
    }
    return key;
  }

  private static long key(LocalDate date) {
    return (date.getYear() * 100L + date.getMonthValue()) * 100 + date.getDayOfMonth();
  }

  private static void add(SqlView view, String name, LocalDate day) {
    view.update(
        "INSERT INTO {%s} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)".formatted(name),
        key(day),
        day,
        day.getYear(),
        day.get(QUARTER_OF_YEAR),
        day.getMonthValue(),
        day.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH),
        day.getDayOfMonth(),
        day.getDayOfWeek().getValue(),
        day.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH),
        day.get(WEEK_BASED_YEAR),
        day.get(WEEK_OF_WEEK_BASED_YEAR));
  }
}
