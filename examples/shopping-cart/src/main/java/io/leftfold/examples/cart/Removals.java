// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import io.leftfold.api.EventFilter;
import io.leftfold.api.Query;
import io.leftfold.examples.cart.CartEvent.CartAbandoned;
import io.leftfold.examples.cart.CartEvent.CartCheckedOut;
import io.leftfold.examples.cart.CartEvent.CartTaken;
import io.leftfold.examples.cart.CartEvent.ItemAdded;
import io.leftfold.examples.cart.CartEvent.ItemQuantityChanged;
import io.leftfold.examples.cart.CartEvent.ItemRemoved;
import io.leftfold.readmodels.SqlReadModel;
import io.leftfold.readmodels.SqlTable;
import io.leftfold.readmodels.SqlView;
import io.leftfold.toolkit.Occurred;
import io.leftfold.toolkit.Projection;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.sql.DataSource;

/// What people took out of their carts right before they checked out, in SQL. No event was made for
/// this: that an item was removed, that a cart was checked out, and when, is all it takes.
///
/// A removal waits until its cart is checked out. If it is young enough then, it counts on that
/// day; otherwise it is forgotten.
final class Removals {

  /// As old as this it still counts.
  static final Duration BEFORE_CHECKOUT = Duration.ofMinutes(5);

  private static final String NAME = "removals";

  /// @param zone where days begin
  static Projection<CartEvent, SqlView> projection(ZoneId zone) {
    return Projection.<CartEvent, SqlView>of(
            NAME, 1, Carts.EVENTS, (view, occurred) -> fold(view, occurred, zone))
        .from(
            EventFilter.matching(
                Query.of(Query.typed("ItemRemoved", "CartCheckedOut", "CartAbandoned"))))
        .partitionedBy((event, _) -> event.cart());
  }

  private final SqlReadModel<SqlView> readModel;

  Removals(DataSource database) {
    readModel =
        SqlReadModel.of(
            database,
            new SqlTable(
                "removals",
                """
                log_position BIGINT PRIMARY KEY, cart VARCHAR(40) NOT NULL, article VARCHAR(40) NOT NULL,
                quantity INTEGER NOT NULL, removed_micros BIGINT NOT NULL, counted_on VARCHAR(10)\
                """));
  }

  SqlReadModel<SqlView> readModel() {
    return readModel;
  }

  private static void fold(SqlView view, Occurred<CartEvent> occurred, ZoneId zone) {
    var recorded = occurred.recorded();
    switch (occurred.event()) {
      case ItemRemoved(var cart, var article, var quantity) ->
          view.update(
              "INSERT INTO {removals} (log_position, cart, article, quantity, removed_micros) VALUES (?, ?, ?, ?, ?)",
              recorded.position(),
              cart,
              article,
              quantity,
              micros(recorded.recorded()));
      case CartCheckedOut(var cart, _) -> {
        view.update(
            "UPDATE {removals} SET counted_on = ? WHERE cart = ? AND removed_micros >= ?",
            LocalDate.ofInstant(recorded.recorded(), zone).toString(),
            cart,
            micros(recorded.recorded().minus(BEFORE_CHECKOUT)));
        forgetWhatWaits(view, cart);
      }
      case CartAbandoned(var cart) -> forgetWhatWaits(view, cart);
      case CartTaken _, ItemAdded _, ItemQuantityChanged _ -> {}
    }
  }

  private static void forgetWhatWaits(SqlView view, String cart) {
    view.update("DELETE FROM {removals} WHERE cart = ? AND counted_on IS NULL", cart);
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  /// @param carts how many carts it was removed from
  /// @param pieces how many of it were removed
  record Row(String article, long carts, long pieces) {}

  /// What was removed right before the checkouts of a day, by article.
  List<Row> of(LocalDate day) {
    return readModel.read(
        NAME,
        view ->
            view.query(
                """
                SELECT article, COUNT(DISTINCT cart), SUM(quantity) FROM {removals}
                WHERE counted_on = ? GROUP BY article ORDER BY article\
                """,
                row -> new Row(row.getString(1), row.getLong(2), row.getLong(3)),
                day.toString()));
  }
}
