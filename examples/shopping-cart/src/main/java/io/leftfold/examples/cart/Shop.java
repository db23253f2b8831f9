// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import io.leftfold.api.AsOf;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.examples.cart.Refusal.IdIsTaken;
import io.leftfold.readmodels.SqlView;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Projector;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/// Carts and the report about them, on a store. The report goes on by itself between [#start] and
/// [#close].
final class Shop implements AutoCloseable {

  private static final int HISTORY_MAX = 100;

  private final EventStore store;
  private final Clock clock;
  private final Removals removals;
  private final Projector<CartEvent, SqlView> projector;

  private Shop(EventStore store, DataSource database, Clock clock) {
    this.store = store;
    this.clock = clock;
    this.removals = new Removals(database);
    this.projector =
        Projector.of(store, Removals.projection(clock.getZone()), removals.readModel());
  }

  /// A shop of which nothing runs by itself yet.
  ///
  /// @param store where its events are; it is not closed
  /// @param database for the report
  /// @param clock says which day it is, in its zone
  static Shop on(EventStore store, DataSource database, Clock clock) {
    return new Shop(store, database, clock);
  }

  /// Lets the report go on by itself.
  void start() {
    projector.start();
  }

  /// Ends what goes on by itself.
  @Override
  public void close() {
    projector.close();
  }

  ZoneId zone() {
    return clock.getZone();
  }

  LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), zone());
  }

  // ---- what is wanted

  /// Does what somebody wants, once, however often it is given with this id, and keeps what became
  /// of it. Something else is rejected under the same id, instead of being answered as if it was
  /// done.
  Outcome<CartEvent, Refusal> handle(CommandId id, CartCommand command) {
    var outcome = carts(command.cart()).handle(id, command);
    return outcome instanceof Outcome.Accepted<CartEvent, Refusal>(_, var events, var repeated)
            && repeated
            && !Carts.mayHaveLedTo(command, events.getFirst())
        ? new Outcome.Rejected<>(new IdIsTaken())
        : outcome;
  }

  /// Each cart has a log of its own, and few events, so nothing of it is remembered.
  private CommandHandler<CartCommand, Cart, CartEvent, Refusal> carts(String cart) {
    return CommandHandler.of(store, Carts.DECIDER, Carts.EVENTS, Carts::boundary)
        .with(Carts.log(cart));
  }

  // ---- what is asked

  /// A cart as it is now.
  Optional<Cart> cart(String name) {
    var cart = carts(name).state(Carts.boundary(name));
    return cart.phase() == Cart.Phase.NONE ? Optional.empty() : Optional.of(cart);
  }

  /// What somebody wanted of a cart, and what became of it.
  ///
  /// @param before the cart that it was decided on
  /// @param refusal why it was rejected, if it was
  /// @param changes to how many events it led
  record Told(
      Instant recorded, CartCommand command, Cart before, Optional<Refusal> refusal, int changes) {}

  /// The last thing that was wanted of a cart.
  Optional<Told> last(String cart) {
    return told(cart, ReadOptions.backwards().limit(1)).stream().findFirst();
  }

  /// What was wanted of a cart, the newest first, and no more than a page can show.
  List<Told> history(String cart) {
    return told(cart, ReadOptions.backwards().limit(HISTORY_MAX));
  }

  private List<Told> told(String cart, ReadOptions which) {
    var carts = carts(cart);
    try (var entries = Carts.log(cart).entries(store, which)) {
      return entries
          .map(logged ->
              new Told(
                  logged.recorded(),
                  logged.command(),
                  carts.replay(logged).state(),
                  logged.rejected().map(Carts::refusal),
                  logged.accepted().orElse(0)))
          .toList();
    }
  }

  /// What was removed within five minutes before the checkouts of a day, as it is known now.
  ///
  /// @return nothing if the report has not come as far as the store in time
  /// @throws io.leftfold.toolkit.ProjectionStoppedException if it goes no further
  Optional<List<Removals.Row>> removals(LocalDate day, Duration patience)
      throws InterruptedException {
    return projector.await(store.lastPosition().orElse(0L), patience)
        ? Optional.of(removals.of(day))
        : Optional.empty();
  }

  /// The same as it was known at a moment of the past: folded from zero, into a database in memory.
  List<Removals.Row> removalsAsOf(LocalDate day, Instant moment) {
    var database = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "shop", "");
    try {
      var then = new Removals(database);
      var _ = projector.asOf(new AsOf.Time(moment), then.readModel());
      return then.of(day);
    } finally {
      database.dispose();
    }
  }

  /// What keeps the report up to date.
  Projector<CartEvent, SqlView> projector() {
    return projector;
  }
}
