// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.testkit.InMemoryEventStore;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class EventTypesTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final StreamName STREAM = StreamName.of("account-7");

  sealed interface Happening {}

  sealed interface MoneyMoved extends Happening {}

  record Opened(String owner, String currency) implements Happening {}

  record Deposited(long amount) implements MoneyMoved {}

  /// Keeps what it does not know.
  record Withdrawn(long amount, ObjectNode all) implements MoneyMoved {}

  private static final JsonBinding<Withdrawn> WITHDRAWN =
      JsonBinding.of(
          event -> event.all().deepCopy().put("amount", event.amount()),
          json -> new Withdrawn(json.required("amount").asLong(), json));

  private static EventTypesBuilder<Happening> today() {
    return EventTypes.of(Happening.class)
        .type("AccountOpened", 3, Opened.class, JsonBinding.jackson(JSON, Opened.class))
        .upcast("AccountOpened", 1, json -> json.set("owner", json.remove("ownerId")))
        .upcast("AccountOpened", 2, json -> json.put("currency", "EUR"))
        .type("MoneyDeposited", 1, Deposited.class, JsonBinding.jackson(JSON, Deposited.class))
        .type("MoneyWithdrawn", 1, Withdrawn.class, WITHDRAWN)
        .renamed("AccountCreated", "AccountOpened")
        .split(
            "AccountMigrated",
            1,
            (json, _) ->
                List.of(
                    new JsonEvent("AccountCreated", 1, json.deepCopy().retain("ownerId")),
                    new JsonEvent(
                        "MoneyDeposited",
                        1,
                        object("{}").put("amount", json.required("balance").asLong()))))
        .split("BalanceChanged", 1, (json, _) -> changed(json))
        .dropped("AccountPinged");
  }

  /// Rename with a condition, and nothing at all.
  private static List<JsonEvent> changed(ObjectNode json) {
    var by = json.required("by").asInt();
    var amount = object("{}").put("amount", Math.abs(by));
    return by == 0
        ? List.of()
        : List.of(new JsonEvent(by > 0 ? "MoneyDeposited" : "MoneyWithdrawn", 1, amount));
  }

  private static ObjectNode object(String json) {
    return (ObjectNode) JSON.readTree(json);
  }

  private final InMemoryEventStore store = new InMemoryEventStore(Clock.systemUTC());

  @AfterEach
  void close() {
    store.close();
  }

  /// What the store makes of an event.
  private RecordedEvent stored(ProposedEvent event) {
    return Recordings.stored(store, STREAM, event);
  }

  private RecordedEvent stored(String type, int version, String json) {
    return stored(
        ProposedEvent.json(type, json).withMetadata("{\"schemaVersion\":%d}".formatted(version)));
  }

  private static Decoded<Happening> known(Happening... events) {
    return Decoded.known(events);
  }

  @Test
  void an_event_is_stored_in_the_newest_version_and_read_back() {
    var types = today().tagged(event -> List.of(Tag.of("a", "7"))).build();
    var opened = new Opened("ann", "CHF");
    var recorded = stored(types.encode(opened));

    assertThat(recorded.type()).isEqualTo("AccountOpened");
    assertThat(recorded.contentType()).isEqualTo(ContentType.JSON);
    assertThat(JSON.readTree(recorded.data()))
        .isEqualTo(object("{\"owner\":\"ann\",\"currency\":\"CHF\"}"));
    assertThat(recorded.metadataAsText()).isEqualTo("{\"schemaVersion\":3}");
    assertThat(recorded.tags()).containsExactly(Tag.of("a", "7"));
    assertThat(types.decode(recorded)).isEqualTo(known(opened));
  }

  @Test
  void the_first_version_says_nothing_in_metadata() {
    var types = today().build();
    var recorded = stored(types.encode(new Deposited(5)));

    assertThat(recorded.metadata()).isEmpty();
    assertThat(types.decode(recorded)).isEqualTo(known(new Deposited(5)));
    assertThat(
            types.decode(
                stored(
                    ProposedEvent.json("MoneyDeposited", "{\"amount\":6}")
                        .withMetadata("{\"$correlationId\":\"x\"}"))))
        .isEqualTo(known(new Deposited(6)));
    assertThat(
            types.decode(
                stored(
                    ProposedEvent.json("MoneyDeposited", "{\"amount\":7}")
                        .withMetadata("no JSON"))))
        .isEqualTo(known(new Deposited(7)));
  }

  @Test
  void every_version_of_every_name_comes_to_what_it_means_today() {
    var types = today().build();

    assertThat(types.decode(stored("AccountOpened", 1, "{\"ownerId\":\"ann\"}")))
        .isEqualTo(known(new Opened("ann", "EUR")));
    assertThat(types.decode(stored("AccountOpened", 2, "{\"owner\":\"ann\"}")))
        .isEqualTo(known(new Opened("ann", "EUR")));
    assertThat(types.decode(stored("AccountCreated", 1, "{\"ownerId\":\"ann\"}")))
        .isEqualTo(known(new Opened("ann", "EUR")));
    assertThat(
            types.decode(stored("AccountCreated", 3, "{\"owner\":\"ann\",\"currency\":\"CHF\"}")))
        .isEqualTo(known(new Opened("ann", "CHF")));
    assertThat(types.decode(stored("AccountMigrated", 1, "{\"ownerId\":\"ann\",\"balance\":9}")))
        .isEqualTo(known(new Opened("ann", "EUR"), new Deposited(9)));
    assertThat(types.decode(stored("BalanceChanged", 1, "{\"by\":4}")))
        .isEqualTo(known(new Deposited(4)));
    assertThat(types.decode(stored("BalanceChanged", 1, "{\"by\":-4}")))
        .isEqualTo(known(new Withdrawn(4, object("{\"amount\":4}"))));
    assertThat(types.decode(stored("BalanceChanged", 1, "{\"by\":0}"))).isEqualTo(known());
    assertThat(types.decode(stored(ProposedEvent.binary("AccountPinged", new byte[] {1}))))
        .isEqualTo(known());
  }

  @Test
  void fields_that_nobody_knows_are_passed_over_or_kept() {
    var types = today().build();
    var newer = "{\"amount\":5,\"purpose\":\"rent\"}";

    assertThat(types.decode(stored("MoneyDeposited", 1, newer))).isEqualTo(known(new Deposited(5)));
    var withdrawn = types.decode(stored("MoneyWithdrawn", 1, newer));
    assertThat(withdrawn).isEqualTo(known(new Withdrawn(5, object(newer))));
    assertThat(stored(types.encode(new Withdrawn(6, object(newer)))).dataAsText())
        .isEqualTo("{\"amount\":6,\"purpose\":\"rent\"}");
  }

  @Test
  void what_is_not_declared_is_unknown_and_a_version_of_what_is_declared_is_newer() {
    var types = today().build();
    var strange = stored("AccountFrozen", 1, "{}");

    assertThat(types.decode(strange)).isEqualTo(Decoded.unknown(strange));
    assertThat(Compressed.of(types).decode(strange)).isEqualTo(Decoded.unknown(strange));

    for (var event :
        List.of(
            stored("AccountOpened", 4, "{}"),
            stored("AccountCreated", 4, "{}"),
            stored("AccountOpened", 0, "{}"),
            stored("AccountOpened", -1, "{}"),
            stored("AccountMigrated", 2, "{}"),
            stored(
                ProposedEvent.json("AccountOpened", "{}")
                    .withMetadata("{\"schemaVersion\":\"two\"}")))) {
      assertThat(types.decode(event)).isEqualTo(Decoded.newer(event));
      assertThat(Compressed.of(types).decode(event)).isEqualTo(Decoded.newer(event));
    }
  }

  @Test
  void broken_data_is_an_error_and_not_unknown() {
    var types = today().build();

    assertThatThrownBy(() -> types.decode(stored("MoneyDeposited", 1, "{")))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("0@account-7")
        .hasMessageContaining("no JSON");
    assertThatThrownBy(() -> types.decode(stored("MoneyDeposited", 1, "5")))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("NUMBER, and no JSON object");
    assertThatThrownBy(() -> types.decode(stored("MoneyDeposited", 1, "{\"amount\":\"much\"}")))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("does not fit MoneyDeposited, version 1");
    assertThatThrownBy(() -> types.decode(stored("AccountMigrated", 1, "{\"ownerId\":\"ann\"}")))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("AccountMigrated, version 1");
  }

  // ---- holes

  private static void assertHole(EventTypesBuilder<Happening> table, String finding) {
    assertThatIllegalStateException().isThrownBy(table::build).withMessageContaining(finding);
  }

  @Test
  void a_class_without_a_name_is_found() {
    var table =
        EventTypes.of(Happening.class)
            .type("AccountOpened", 1, Opened.class, JsonBinding.jackson(JSON, Opened.class))
            .type("MoneyWithdrawn", 1, Withdrawn.class, WITHDRAWN);

    assertHole(table, "%s has no name".formatted(Deposited.class));
  }

  @Test
  void a_version_without_a_path_is_found() {
    var binding = JsonBinding.jackson(JSON, Opened.class);

    assertHole(today().type("Other", 3, Opened.class, binding), "two names");
    assertHole(
        today().type("Other", 3, Opened.class, binding).upcast("Other", 1, json -> json),
        "Other, version 2 leads nowhere");
    assertHole(today().upcast("Gone", 1, json -> json), "Gone, version 2 leads nowhere");
    assertHole(today().split("Gone", 2, (_, _) -> List.of()), "Gone, version 1 leads nowhere");
    assertHole(
        today().upcast("AccountOpened", 3, json -> json), "AccountOpened, version 3 is not older");
    assertHole(today().renamed("Older", "Nothing"), "Nothing, which is not declared");
    assertHole(today().renamed("MoneyDeposited", "AccountOpened"), "is declared besides");
    assertHole(today().dropped("MoneyDeposited"), "is declared besides");
  }

  @Test
  void nothing_is_declared_twice() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> today().upcast("AccountOpened", 1, json -> json))
        .withMessageContaining("AccountOpened, version 1 is declared twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> today().type("MoneyWithdrawn", 2, Withdrawn.class, WITHDRAWN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> today().renamed("AccountCreated", "MoneyDeposited"));
    assertThatIllegalArgumentException().isThrownBy(() -> today().dropped("AccountPinged"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> today().split("Gone", 0, (_, _) -> List.of()));
  }

  @Test
  void splits_that_lead_nowhere_or_round_in_a_circle_say_so() {
    var types =
        today()
            .split("A", 1, (json, _) -> List.of(new JsonEvent("B", 1, json)))
            .split("B", 1, (json, _) -> List.of(new JsonEvent("A", 1, json)))
            .split("C", 1, (json, _) -> List.of(new JsonEvent("MoneyDeposited", 2, json)))
            .build();

    assertThatIllegalStateException()
        .isThrownBy(() -> types.decode(stored("A", 1, "{}")))
        .withMessageContaining("circle");
    assertThatIllegalStateException()
        .isThrownBy(() -> types.decode(stored("C", 1, "{}")))
        .withMessageContaining("MoneyDeposited, version 2, which is not declared");
  }

  // ---- golden samples

  @Test
  void golden_samples_of_every_version_are_replayed() {
    var types = today().build();
    var samples =
        List.of(
            new JsonEvent("AccountOpened", 1, object("{\"ownerId\":\"ann\"}")),
            new JsonEvent("AccountOpened", 2, object("{\"owner\":\"ann\"}")),
            new JsonEvent("AccountOpened", 3, object("{\"owner\":\"ann\",\"currency\":\"CHF\"}")),
            new JsonEvent("AccountCreated", 1, object("{\"ownerId\":\"bob\"}")),
            new JsonEvent("AccountCreated", 2, object("{\"owner\":\"bob\"}")),
            new JsonEvent("AccountCreated", 3, object("{\"owner\":\"bob\",\"currency\":\"CHF\"}")),
            new JsonEvent("MoneyDeposited", 1, object("{\"amount\":1}")),
            new JsonEvent("MoneyWithdrawn", 1, object("{\"amount\":2}")),
            new JsonEvent("AccountMigrated", 1, object("{\"ownerId\":\"eve\",\"balance\":3}")),
            new JsonEvent("BalanceChanged", 1, object("{\"by\":0}")));

    assertThat(types.replay(samples))
        .containsExactly(
            List.of(new Opened("ann", "EUR")),
            List.of(new Opened("ann", "EUR")),
            List.of(new Opened("ann", "CHF")),
            List.of(new Opened("bob", "EUR")),
            List.of(new Opened("bob", "EUR")),
            List.of(new Opened("bob", "CHF")),
            List.of(new Deposited(1)),
            List.of(new Withdrawn(2, object("{\"amount\":2}"))),
            List.of(new Opened("eve", "EUR"), new Deposited(3)),
            List.of());
    for (var missing : samples) {
      var others = samples.stream().filter(sample -> !sample.equals(missing)).toList();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> types.replay(others))
          .withMessageContaining("%s, version %d".formatted(missing.type(), missing.version()));
    }
  }

  @Test
  void names_are_those_that_may_be_stored() {
    assertThat(today().build().names())
        .containsExactly(
            "AccountCreated",
            "AccountMigrated",
            "AccountOpened",
            "BalanceChanged",
            "MoneyDeposited",
            "MoneyWithdrawn");
  }
}
