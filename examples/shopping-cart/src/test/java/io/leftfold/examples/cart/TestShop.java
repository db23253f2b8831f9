// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.cart.CartCommand.AddItem;
import io.leftfold.examples.cart.CartCommand.CheckOut;
import io.leftfold.examples.cart.CartCommand.RemoveItem;
import io.leftfold.examples.cart.CartCommand.TakeCart;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Outcome.Accepted;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;

/// A shop in memory, whose clock stands still, and where nothing goes on by itself.
final class TestShop implements AutoCloseable {

  static final Instant START = Instant.parse("2026-07-17T14:02:00Z");

  final ManualClock clock = new ManualClock(START);
  final InMemoryEventStore store = new InMemoryEventStore(clock);
  final JdbcConnectionPool database = database();
  final Shop shop = Shop.on(store, database, clock);

  /// What a shop is started with that keeps all in a directory, at any port.
  static List<String> arguments(Path directory, String... more) {
    return Stream.concat(
            Stream.of("--data", directory.resolve("data").toString(), "--port", "0"),
            Stream.of(more))
        .toList();
  }

  /// An empty database in memory.
  static JdbcConnectionPool database() {
    return JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "shop", "");
  }

  Outcome<CartEvent, Refusal> tries(CartCommand command) {
    return shop.handle(CommandId.of(UUID.randomUUID()), command);
  }

  void does(CartCommand command) {
    assertThat(tries(command)).isInstanceOf(Accepted.class);
  }

  /// A cart with so many of each article.
  void filled(String cart, int quantity, String... articles) {
    does(new TakeCart(cart));
    for (var article : articles) {
      does(new AddItem(cart, article, quantity, 100));
    }
  }

  void removed(String cart, String article) {
    does(new RemoveItem(cart, article));
  }

  void checkedOut(String cart) {
    does(new CheckOut(cart, shop.cart(cart).orElseThrow().total()));
  }

  void passes(Duration time) {
    clock.advance(time);
  }

  /// What the report says of a day, when it has seen all.
  List<Removals.Row> report(LocalDate day) {
    shop.projector().catchUp();
    try {
      return shop.removals(day, Duration.ofSeconds(5)).orElseThrow();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    shop.close();
    store.close();
    database.dispose();
  }
}
