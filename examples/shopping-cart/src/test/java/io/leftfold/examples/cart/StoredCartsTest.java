// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.examples.cart.Cart.Phase;
import io.leftfold.examples.cart.CartCommand.Abandon;
import io.leftfold.examples.cart.CartCommand.AddItem;
import io.leftfold.examples.cart.CartCommand.ChangeQuantity;
import io.leftfold.examples.cart.CartCommand.CheckOut;
import io.leftfold.examples.cart.CartCommand.RemoveItem;
import io.leftfold.examples.cart.CartCommand.TakeCart;
import io.leftfold.examples.cart.CartEvent.CartAbandoned;
import io.leftfold.examples.cart.CartEvent.CartCheckedOut;
import io.leftfold.examples.cart.CartEvent.CartTaken;
import io.leftfold.examples.cart.CartEvent.ItemAdded;
import io.leftfold.examples.cart.CartEvent.ItemQuantityChanged;
import io.leftfold.examples.cart.CartEvent.ItemRemoved;
import io.leftfold.examples.cart.Refusal.CartIsEmpty;
import io.leftfold.examples.cart.Refusal.CartIsOver;
import io.leftfold.examples.cart.Refusal.CartIsTaken;
import io.leftfold.examples.cart.Refusal.NoSuchCart;
import io.leftfold.examples.cart.Refusal.NotInTheCart;
import io.leftfold.examples.cart.Refusal.TooMany;
import io.leftfold.examples.cart.Refusal.TotalChanged;
import io.leftfold.toolkit.JsonEvent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What was stored once is understood for ever. A sample is added for each new version, and none is
/// ever changed: somebody's store has it.
final class StoredCartsTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  private static final Map<JsonEvent, CartEvent> EVENTS = new LinkedHashMap<>();

  private static void event(String type, String json, CartEvent meaning) {
    EVENTS.put(new JsonEvent(type, 1, (ObjectNode) JSON.readTree(json)), meaning);
  }

  static {
    event("CartTaken", "{\"cart\":\"c\"}", new CartTaken("c"));
    event(
        "ItemAdded",
        "{\"cart\":\"c\",\"article\":\"tea\",\"quantity\":2,\"cents\":490}",
        new ItemAdded("c", "tea", 2, 490));
    event(
        "ItemQuantityChanged",
        "{\"cart\":\"c\",\"article\":\"tea\",\"quantity\":3}",
        new ItemQuantityChanged("c", "tea", 3));
    event(
        "ItemRemoved",
        "{\"cart\":\"c\",\"article\":\"tea\",\"quantity\":3}",
        new ItemRemoved("c", "tea", 3));
    event("CartCheckedOut", "{\"cart\":\"c\",\"cents\":980}", new CartCheckedOut("c", 980));
    event("CartAbandoned", "{\"cart\":\"c\"}", new CartAbandoned("c"));
  }

  private static final Map<String, CartCommand> COMMANDS =
      Map.of(
          "{\"command\":\"TakeCart\",\"cart\":\"c\"}",
          new TakeCart("c"),
          "{\"command\":\"AddItem\",\"cart\":\"c\",\"article\":\"tea\",\"quantity\":2,\"cents\":490}",
          new AddItem("c", "tea", 2, 490),
          "{\"command\":\"ChangeQuantity\",\"cart\":\"c\",\"article\":\"tea\",\"quantity\":3}",
          new ChangeQuantity("c", "tea", 3),
          "{\"command\":\"RemoveItem\",\"cart\":\"c\",\"article\":\"tea\"}",
          new RemoveItem("c", "tea"),
          "{\"command\":\"CheckOut\",\"cart\":\"c\",\"cents\":980}",
          new CheckOut("c", 980),
          "{\"command\":\"Abandon\",\"cart\":\"c\"}",
          new Abandon("c"));

  /// All but the one that no decider gives.
  private static final Map<String, Refusal> REFUSALS =
      Map.of(
          "{\"refusal\":\"NoSuchCart\"}",
          new NoSuchCart(),
          "{\"refusal\":\"CartIsTaken\"}",
          new CartIsTaken(),
          "{\"refusal\":\"CartIsOver\",\"phase\":\"ABANDONED\"}",
          new CartIsOver(Phase.ABANDONED),
          "{\"refusal\":\"NotInTheCart\",\"article\":\"tea\"}",
          new NotInTheCart("tea"),
          "{\"refusal\":\"TooMany\",\"article\":\"tea\",\"quantity\":11,\"quantityMax\":10}",
          new TooMany("tea", 11, 10),
          "{\"refusal\":\"CartIsEmpty\"}",
          new CartIsEmpty(),
          "{\"refusal\":\"TotalChanged\",\"seen\":980,\"total\":1630}",
          new TotalChanged(980, 1_630));

  @Test
  void every_version_of_every_event_means_what_it_meant() {
    assertThat(Carts.EVENTS.replay(List.copyOf(EVENTS.keySet())))
        .containsExactlyElementsOf(EVENTS.values().stream().map(List::of).toList());
  }

  @Test
  void events_are_stored_as_the_newest_samples_are() {
    EVENTS.forEach((sample, event) -> {
      var stored = Carts.EVENTS.encode(event);
      assertThat(stored.type()).isEqualTo(sample.type());
      assertThat(JSON.readTree(new String(stored.data(), StandardCharsets.UTF_8)))
          .isEqualTo(sample.data());
    });
  }

  @Test
  void commands_are_kept_and_understood() {
    var log = Carts.log("c");
    assertThat(COMMANDS).hasSize(CartCommand.class.getPermittedSubclasses().length);
    COMMANDS.forEach((json, command) -> {
      assertThat(JSON.readTree(log.write().apply(command))).isEqualTo(JSON.readTree(json));
      assertThat(log.read().apply(json)).isEqualTo(command);
    });
  }

  @Test
  void refusals_are_kept_and_understood() {
    var log = Carts.log("c");
    assertThat(REFUSALS).hasSize(Refusal.class.getPermittedSubclasses().length - 1);
    REFUSALS.forEach((json, refusal) -> {
      assertThat(JSON.readTree(log.writeRejection().apply(refusal))).isEqualTo(JSON.readTree(json));
      assertThat(Carts.refusal(json)).isEqualTo(refusal);
    });
  }
}
