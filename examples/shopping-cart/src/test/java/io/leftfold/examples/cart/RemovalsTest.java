// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ReadOptions;
import io.leftfold.examples.cart.CartCommand.Abandon;
import io.leftfold.examples.cart.CartCommand.AddItem;
import io.leftfold.examples.cart.CartCommand.ChangeQuantity;
import io.leftfold.examples.cart.CartEvent.CartCheckedOut;
import io.leftfold.examples.cart.CartEvent.ItemRemoved;
import io.leftfold.examples.cart.Removals.Row;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.Projector;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The report about what was removed right before checkouts.
final class RemovalsTest {

  private static final LocalDate DAY = LocalDate.ofInstant(TestShop.START, ZoneOffset.UTC);
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  /// The least by which stores tell times apart.
  private static final Duration A_MICROSECOND = Duration.ofNanos(1_000);

  private final TestShop test = new TestShop();

  @AfterEach
  void close() {
    test.close();
  }

  // ---- what counts

  @Test
  void what_is_removed_exactly_five_minutes_before_counts() {
    test.filled("c", 3, "tea", "honey");
    test.removed("c", "tea");
    test.passes(FIVE_MINUTES);
    test.checkedOut("c");

    assertThat(test.report(DAY)).containsExactly(new Row("tea", 1, 3));
  }

  @Test
  void what_is_removed_a_microsecond_earlier_does_not() {
    test.filled("c", 3, "tea", "honey", "bread");
    test.removed("c", "tea");
    test.passes(A_MICROSECOND);
    test.removed("c", "bread");
    test.passes(FIVE_MINUTES);
    test.checkedOut("c");

    assertThat(test.report(DAY)).containsExactly(new Row("bread", 1, 3));
  }

  @Test
  void pieces_and_carts_are_counted_by_article() {
    for (var cart : List.of("c1", "c2")) {
      test.filled(cart, 2, "tea", "honey", "bread");
      test.removed(cart, "tea");
      test.does(new AddItem(cart, "tea", 1, 100));
      test.removed(cart, "tea");
    }
    test.removed("c1", "honey");
    test.checkedOut("c1");
    test.checkedOut("c2");

    assertThat(test.report(DAY)).containsExactly(new Row("honey", 1, 2), new Row("tea", 2, 6));
  }

  @Test
  void what_is_not_removed_or_not_checked_out_does_not_count() {
    test.filled("fewer", 2, "tea");
    test.does(new ChangeQuantity("fewer", "tea", 1));
    test.checkedOut("fewer");
    test.filled("left", 2, "tea");
    test.removed("left", "tea");
    test.does(new Abandon("left"));
    test.filled("open", 2, "tea");
    test.removed("open", "tea");

    assertThat(test.report(DAY)).isEmpty();
  }

  @Test
  void nothing_is_kept_of_removals_that_will_never_count() {
    for (var cart : List.of("bought", "left", "open")) {
      test.filled(cart, 1, "tea", "honey");
      test.removed(cart, "tea");
    }
    test.passes(FIVE_MINUTES.plus(A_MICROSECOND));
    test.checkedOut("bought");
    test.does(new Abandon("left"));
    test.shop.projector().catchUp();

    var kept =
        new Removals(test.database)
            .readModel()
            .read(
                "removals",
                view -> view.query("SELECT cart FROM {removals}", row -> row.getString(1)));
    assertThat(kept).containsExactly("open");
  }

  @Test
  void the_day_is_that_of_the_checkout() {
    var toMidnight = Duration.between(TestShop.START, Instant.parse("2026-07-17T23:58:00Z"));
    test.passes(toMidnight);
    test.filled("c", 1, "tea", "honey");
    test.removed("c", "tea");
    test.passes(Duration.ofMinutes(2));
    test.checkedOut("c");

    assertThat(test.report(DAY)).isEmpty();
    assertThat(test.report(DAY.plusDays(1))).containsExactly(new Row("tea", 1, 1));
  }

  // ---- of the past

  @Test
  void it_is_answered_as_of_any_moment() {
    test.filled("c1", 1, "tea", "honey");
    test.removed("c1", "tea");
    test.checkedOut("c1");
    var first = test.clock.instant();
    test.passes(Duration.ofMinutes(1));
    test.filled("c2", 2, "tea", "honey");
    test.removed("c2", "tea");
    test.passes(Duration.ofMinutes(1));
    test.checkedOut("c2");
    var second = test.clock.instant();
    test.passes(Duration.ofDays(30));
    test.filled("c3", 1, "tea", "honey");
    test.removed("c3", "honey");
    test.checkedOut("c3");

    assertThat(test.shop.removalsAsOf(DAY, first.minusMillis(1))).isEmpty();
    assertThat(test.shop.removalsAsOf(DAY, first)).containsExactly(new Row("tea", 1, 1));
    assertThat(test.shop.removalsAsOf(DAY, second.minusMillis(1)))
        .containsExactly(new Row("tea", 1, 1));
    assertThat(test.shop.removalsAsOf(DAY, second)).containsExactly(new Row("tea", 2, 3));
    assertThat(test.report(DAY)).containsExactly(new Row("tea", 2, 3));
    assertThat(test.shop.removalsAsOf(DAY.plusDays(30), second)).isEmpty();
    assertThat(test.report(DAY.plusDays(30))).containsExactly(new Row("honey", 1, 1));
  }

  // ---- written afterwards, and folded again

  /// Carts by chance, over some days.
  private void letThingsHappen(Random random) {
    var open = new ArrayList<String>();
    for (var i = 0; i < 120; i++) {
      test.passes(Duration.ofSeconds(random.nextInt(200)));
      if (open.size() < 3) {
        var cart = "c" + i;
        test.filled(cart, 1 + random.nextInt(3), "apples", "honey", "tea");
        open.add(cart);
      }
      var cart = open.get(random.nextInt(open.size()));
      var left = test.shop.cart(cart).orElseThrow().lines();
      switch (random.nextInt(8)) {
        case 0, 1 -> {
          open.remove(cart);
          test.checkedOut(cart);
        }
        case 2 -> {
          open.remove(cart);
          test.does(new Abandon(cart));
        }
        case 3 -> {
          if (!test.shop.cart(cart).orElseThrow().has("bread")) {
            test.does(new AddItem(cart, "bread", 1, 100));
          }
        }
        default -> {
          if (left.size() > 1) {
            test.removed(cart, left.firstKey());
          }
        }
      }
      if (random.nextInt(20) == 0) {
        test.passes(Duration.ofHours(11));
      }
    }
  }

  private record Happened(CartEvent event, Instant at) {
    boolean isShortlyBefore(Instant checkout) {
      return !at.isAfter(checkout) && Duration.between(at, checkout).compareTo(FIVE_MINUTES) <= 0;
    }
  }

  private List<Happened> allBy(Instant moment) {
    try (var events = test.store.readAll(ReadOptions.forwards().asOf(moment))) {
      return events.stream()
          .map(event -> event.original())
          .flatMap(recorded ->
              Carts.EVENTS.decode(recorded) instanceof Decoded.Known<CartEvent>(var meant)
                  ? meant.stream().map(event -> new Happened(event, recorded.recorded()))
                  : Stream.of())
          .toList();
    }
  }

  /// The question as it is asked, without a database: for each checkout of the day, what had been
  /// removed from the cart in the five minutes before.
  private List<Row> byHand(LocalDate day, Instant moment) {
    var all = allBy(moment);
    var removed = new TreeMap<String, List<ItemRemoved>>();
    for (var checkout : all) {
      if (checkout.event() instanceof CartCheckedOut(var cart, _)
          && LocalDate.ofInstant(checkout.at(), ZoneOffset.UTC).equals(day)) {
        for (var happened : all) {
          if (happened.event() instanceof ItemRemoved removal
              && removal.cart().equals(cart)
              && happened.isShortlyBefore(checkout.at())) {
            removed.computeIfAbsent(removal.article(), _ -> new ArrayList<>()).add(removal);
          }
        }
      }
    }
    var rows = new ArrayList<Row>();
    removed.forEach((article, removals) ->
        rows.add(
            new Row(
                article,
                removals.stream().map(ItemRemoved::cart).distinct().count(),
                removals.stream().mapToLong(ItemRemoved::quantity).sum())));
    return rows;
  }

  @Test
  void it_says_what_one_would_count_by_hand_of_any_day_and_as_of_any_moment() {
    var seed = Steps.seed();
    var random = new Random(seed);
    letThingsHappen(random);
    var end = test.clock.instant();
    var days = DAY.datesUntil(LocalDate.ofInstant(end, ZoneOffset.UTC).plusDays(1)).toList();

    var counted = 0;
    for (var day : days) {
      var rows = byHand(day, end);
      counted += rows.size();
      assertThat(test.report(day)).as("seed %d, %s", seed, day).isEqualTo(rows);
    }
    assertThat(counted).as("seed %d", seed).isPositive();
    for (var i = 0; i < 5; i++) {
      var day = days.get(random.nextInt(days.size()));
      var moment = TestShop.START.plus(Duration.between(TestShop.START, end).dividedBy(5 - i));
      assertThat(test.shop.removalsAsOf(day, moment))
          .as("seed %d, %s as of %s", seed, day, moment)
          .isEqualTo(byHand(day, moment));
    }
  }

  private static List<Row> all(Removals removals) {
    return DAY.datesUntil(DAY.plusDays(30)).flatMap(day -> removals.of(day).stream()).toList();
  }

  private Removals folded(JdbcConnectionPool database, FoldingOptions options) {
    var removals = new Removals(database);
    Projector.of(test.store, Removals.projection(ZoneOffset.UTC), removals.readModel(), options)
        .catchUp();
    return removals;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10})
  void whoever_folds_it_when_and_in_which_steps_it_comes_to_the_same(int steps) {
    var seed = Steps.seed();
    var slow = TestShop.database();
    var late = TestShop.database();
    var removals = new Removals(slow);
    var projection = Removals.projection(ZoneOffset.UTC);
    letThingsHappen(new Random(seed));
    // One is left somewhere, and another one goes on.
    var first =
        Projector.of(
            test.store,
            projection,
            removals.readModel(),
            FoldingOptions.defaults().withBatchEventsMax(2));
    for (var i = 0; i < steps; i++) {
      first.step();
    }
    var goneOn = all(folded(slow, FoldingOptions.defaults()));
    // Folded to the end already, so nothing is counted twice.
    var again = all(folded(slow, FoldingOptions.defaults()));

    var fromZero = all(folded(late, FoldingOptions.defaults().withBatchEventsMax(1)));

    assertThat(goneOn).as("seed %d", seed).isEqualTo(fromZero).isEqualTo(again).isNotEmpty();
    slow.dispose();
    late.dispose();
  }
}
