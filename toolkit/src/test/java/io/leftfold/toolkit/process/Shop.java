// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.process.Input.Fired;
import io.leftfold.toolkit.process.Input.Occurred;
import io.leftfold.toolkit.process.Input.Settled;
import java.time.Duration;
import java.util.List;

/// A shop to try things on. An order takes one piece out of the stock, which is in the store, and
/// waits for its payment. Then it is shipped by somebody outside; if no payment comes, the piece is
/// put back.
final class Shop {

  static final Duration PATIENCE = Duration.ofDays(14);

  /// What `evolve` and `react` do not bear.
  static final String POISON = "poison";

  private Shop() {}

  sealed interface ShopEvent {
    String order();
  }

  record Placed(String order) implements ShopEvent {}

  record Paid(String order) implements ShopEvent {}

  sealed interface ShopCommand {
    String order();
  }

  record Take(String order) implements ShopCommand {}

  record PutBack(String order) implements ShopCommand {}

  record Ship(String order) implements ShopCommand {}

  enum Phase {
    NEW,
    TAKING,
    WAITING,
    PAID,
    LATE,
    SHIPPED,
    CANCELLED,
    SOLD_OUT
  }

  record Order(String name, Phase phase, boolean isPaid) {
    static final Order NEW = new Order("", Phase.NEW, false);

    Order in(Phase next) {
      return new Order(name, next, isPaid);
    }

    Order paid() {
      return new Order(name, phase == Phase.WAITING ? Phase.PAID : phase, true);
    }
  }

  /// The process.
  static final class Delivery implements ProcessManager<ShopEvent, Order, ShopCommand> {

    @Override
    public Correlation correlate(ShopEvent event) {
      return switch (event) {
        case Placed(var order) -> Correlation.start(order);
        case Paid(var order) -> Correlation.continued(order);
      };
    }

    @Override
    public Order initialState() {
      return Order.NEW;
    }

    @Override
    public Order evolve(Order order, Input<ShopEvent, ShopCommand> input) {
      return switch (input) {
        case Occurred<ShopEvent, ShopCommand>(var event, _) -> evolve(order, event);
        case Fired<ShopEvent, ShopCommand> _ ->
            order.phase() == Phase.WAITING ? order.in(Phase.LATE) : order;
        case Settled<ShopEvent, ShopCommand>(_, var command, var outcome) ->
            evolve(order, command, outcome);
      };
    }

    private static Order evolve(Order order, ShopEvent event) {
      return switch (event) {
        case Placed(var name) -> new Order(name, Phase.TAKING, order.isPaid());
        case Paid(var name) when name.startsWith(POISON) ->
            throw new IllegalStateException("No order can be paid with poison");
        case Paid _ -> order.paid();
      };
    }

    private static Order evolve(Order order, ShopCommand command, Settlement outcome) {
      return switch (outcome) {
        case Settlement.Failed _ -> order;
        case Settlement.Rejected _ -> order.in(Phase.SOLD_OUT);
        case Settlement.Accepted _ ->
            switch (command) {
              case Take _ -> order.in(order.isPaid() ? Phase.PAID : Phase.WAITING);
              case PutBack _ -> order.in(Phase.CANCELLED);
              case Ship _ -> order.in(Phase.SHIPPED);
            };
      };
    }

    @Override
    public List<Effect<ShopCommand>> react(Order order, Input<ShopEvent, ShopCommand> input) {
      return switch (input) {
        case Occurred<ShopEvent, ShopCommand>(Placed _, _) ->
            List.of(Effect.send(new Take(order.name())));
        case Occurred<ShopEvent, ShopCommand>(Paid _, _) when order.phase() == Phase.PAID ->
            List.of(Effect.cancelTimer("payment"), Effect.send("parcels", new Ship(order.name())));
        case Fired<ShopEvent, ShopCommand> _ when order.phase() == Phase.LATE ->
            List.of(Effect.send(new PutBack(order.name())));
        case Settled<ShopEvent, ShopCommand>(_, var command, Settlement.Failed(_, var error)) ->
            throw new IllegalStateException("%s failed: %s".formatted(command, error));
        case Settled<ShopEvent, ShopCommand>(_, Take _, _) when order.phase() == Phase.PAID ->
            List.of(Effect.send("parcels", new Ship(order.name())));
        case Settled<ShopEvent, ShopCommand>(_, Take _, _) when order.phase() == Phase.WAITING ->
            List.of(Effect.startTimer("payment", PATIENCE));
        default -> List.of();
      };
    }

    @Override
    public boolean isTerminal(Order order) {
      return switch (order.phase()) {
        case SHIPPED, CANCELLED, SOLD_OUT -> true;
        case NEW, TAKING, WAITING, PAID, LATE -> false;
      };
    }
  }

  static final EventCodec<ShopEvent> EVENTS =
      EventCodec.of(
          event ->
              switch (event) {
                case Placed(var order) -> json("OrderPlaced", order);
                case Paid(var order) -> json("OrderPaid", order);
              },
          event ->
              switch (event.type()) {
                case "OrderPlaced" -> Decoded.known(new Placed(name(event.dataAsText())));
                case "OrderPaid" -> Decoded.known(new Paid(name(event.dataAsText())));
                default -> Decoded.unknown(event);
              });

  static final EventCodec<ShopCommand> COMMANDS =
      EventCodec.of(
          command ->
              switch (command) {
                case Take(var order) -> json("Take", order);
                case PutBack(var order) -> json("PutBack", order);
                case Ship(var order) -> json("Ship", order);
              },
          event ->
              switch (event.type()) {
                case "Take" -> Decoded.known(new Take(name(event.dataAsText())));
                case "PutBack" -> Decoded.known(new PutBack(name(event.dataAsText())));
                case "Ship" -> Decoded.known(new Ship(name(event.dataAsText())));
                default -> Decoded.unknown(event);
              });

  private static ProposedEvent json(String type, String order) {
    return ProposedEvent.json(type, "\"" + order + "\"");
  }

  private static String name(String json) {
    return json.substring(1, json.length() - 1);
  }

  static final ProcessDefinition<ShopEvent, Order, ShopCommand> DELIVERY =
      ProcessDefinition.of("delivery", new Delivery(), EVENTS, COMMANDS)
          .following(EventFilter.matching(Query.of(Query.typed("OrderPlaced", "OrderPaid"))));

  /// Appends an event of a customer.
  static void happens(EventStore store, ShopEvent event) {
    store.append(
        StreamName.of("order-" + event.order()), ExpectedState.any(), EVENTS.encode(event));
  }

  // ---- the stock, which is in the store

  static final StreamName STOCK = StreamName.of("stock-1");

  /// Pieces that came and went: a positive or a negative number each time.
  static final EventCodec<Integer> PIECES =
      EventCodec.of(
          pieces -> ProposedEvent.json("StockChanged", Integer.toString(pieces)),
          event -> Decoded.known(Integer.parseInt(event.dataAsText())));

  /// Takes and puts back as orders want, and at the beginning puts in what is there.
  static CommandHandler<Integer, Integer, Integer, String> stock(EventStore store) {
    return CommandHandler.of(
        store,
        Decider.of(
            0,
            (pieces, stock) ->
                stock + pieces < 0 ? Decision.reject("sold out") : Decision.accept(pieces),
            Integer::sum),
        PIECES,
        _ -> Boundary.stream(STOCK));
  }

  /// The stock for what concerns it, somebody else for parcels.
  static CommandTarget<ShopCommand> target(EventStore store, CommandTarget<Ship> carrier) {
    CommandTarget<Integer> stock = CommandTarget.of(stock(store), why -> why);
    return (id, command) ->
        switch (command) {
          case Take _ -> stock.handle(id, -1);
          case PutBack _ -> stock.handle(id, 1);
          case Ship ship -> carrier.handle(id, ship);
        };
  }
}
