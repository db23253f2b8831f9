// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import static io.leftfold.toolkit.process.Shop.DELIVERY;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.ManualClock;
import io.leftfold.toolkit.process.Shop.Order;
import io.leftfold.toolkit.process.Shop.Ship;
import io.leftfold.toolkit.process.Shop.ShopCommand;
import io.leftfold.toolkit.process.Shop.ShopEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// A shop with its store and its clock, for one test.
final class ShopFloor implements AutoCloseable {

  static final Instant START = Instant.parse("2026-07-17T14:02:00Z");

  /// A pause of a second at most after the first attempt, of eight at most after the others.
  static final Retries RETRIES =
      new Retries(
          Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ofMinutes(1), new Random(1));

  final ManualClock clock = new ManualClock(START);
  final EventStore store = new InMemoryEventStore(clock);
  final Carrier carrier = new Carrier();
  final ProcessRunner<ShopEvent, Order, ShopCommand> delivery = runner(carrier);

  ProcessRunner<ShopEvent, Order, ShopCommand> runner(CommandTarget<Ship> carrier) {
    return runner(DELIVERY, Shop.target(store, carrier), ProcessOptions.of(RETRIES));
  }

  ProcessRunner<ShopEvent, Order, ShopCommand> runner(
      ProcessDefinition<ShopEvent, Order, ShopCommand> definition,
      CommandTarget<ShopCommand> target,
      ProcessOptions options) {
    return ProcessRunner.of(store, definition, target, clock, options);
  }

  ShopFloor with(int pieces) {
    Shop.stock(store).handle(pieces);
    return this;
  }

  void happens(ShopEvent... events) {
    for (var event : events) {
      Shop.happens(store, event);
    }
  }

  /// Runs a process, from where it is, until there is nothing to do.
  int run() {
    return run(delivery);
  }

  static int run(ProcessRunner<?, ?, ?> runner) {
    try (var stepped = runner.stepByStep()) {
      return stepped.untilIdle();
    }
  }

  Shop.Phase phase(String order) {
    return delivery.state(order).phase();
  }

  List<RecordedEvent> entries(String order) {
    return store.read(DELIVERY.stream(order), ReadOptions.forwards()).events();
  }

  /// How many of each type there are in all.
  Map<String, Integer> entryTypes() {
    var types = new HashMap<String, Integer>();
    try (var all = store.readAll(ReadOptions.forwards())) {
      all.stream()
          .map(resolved -> resolved.original().type())
          .forEach(type -> types.merge(type, 1, Integer::sum));
    }
    return types;
  }

  /// What came into the stock and went out, the first delivery included.
  List<Integer> stock() {
    return store.read(Shop.STOCK, ReadOptions.forwards()).events().stream()
        .map(event -> Integer.parseInt(event.dataAsText()))
        .toList();
  }

  /// Checks that of each order all calls of the carrier had the same id.
  boolean isShippedByOneIdEach(Collection<String> orders) {
    return carrier.calls().keySet().containsAll(orders)
        && carrier.calls().values().stream().allMatch(ids -> ids.stream().distinct().count() == 1);
  }

  @Override
  public void close() {
    store.close();
  }
}
