// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A program of today on what one of yesterday has left: its classes had other names and other
/// fields, and four versions of them are in the store, and its snapshots.
final class EvolutionTest {

  private static final StreamName STREAM = StreamName.of("account-7");
  private static final StreamName SNAPSHOTS = StreamName.of("snapshots.accounts-account-7");

  // ---- yesterday's program

  /// Versions 1 and 2 were called `AccountCreated`. An account was opened for an `ownerId`, then
  /// for an `owner`, then in a `currency`, then with a line of credit in cents, once it had been
  /// euros.
  private static String opened(int version) {
    return switch (version) {
      case 1 -> "{\"ownerId\":\"ann\"}";
      case 2 -> "{\"owner\":\"ann\"}";
      case 3 -> "{\"owner\":\"ann\",\"currency\":\"EUR\",\"line\":0}";
      default -> "{\"owner\":\"ann\",\"currency\":\"EUR\",\"lineCents\":0}";
    };
  }

  sealed interface OldHappening {}

  record OldOpening(String ownerId) implements OldHappening {}

  private static final EventTypes<OldHappening> OLD =
      EventTypes.of(OldHappening.class)
          .type("AccountCreated", 1, OldOpening.class, JsonBinding.jackson(OldOpening.class))
          .build();

  // ---- today's

  sealed interface Happening {}

  record AccountOpened(String owner, String currency, long lineCents) implements Happening {}

  record Deposited(long cents) implements Happening {}

  record Withdrawn(long cents) implements Happening {}

  private static final EventTypes<Happening> TODAY =
      EventTypes.of(Happening.class)
          .type("AccountOpened", 4, AccountOpened.class, JsonBinding.jackson(AccountOpened.class))
          .renamed("AccountCreated", "AccountOpened")
          .upcast("AccountOpened", 1, json -> json.set("owner", json.remove("ownerId")))
          .upcast("AccountOpened", 2, json -> json.put("currency", "EUR").put("line", 0))
          .upcast(
              "AccountOpened", 3, json -> json.put("lineCents", 100 * json.remove("line").asLong()))
          .type("MoneyDeposited", 1, Deposited.class, JsonBinding.jackson(Deposited.class))
          .type("MoneyWithdrawn", 1, Withdrawn.class, JsonBinding.jackson(Withdrawn.class))
          .split("BalanceChanged", 1, (json, _) -> List.of(moved(json.required("by").asLong())))
          .split(
              "AccountEmptied",
              1,
              (json, _) ->
                  List.of(
                      moved(-json.required("paid").asLong()),
                      moved(-json.required("fee").asLong())))
          .dropped("AccountPinged")
          .build();

  private static JsonEvent moved(long by) {
    var cents = ((ObjectNode) JsonMapper.shared().readTree("{}")).put("cents", Math.abs(by));
    return new JsonEvent(by > 0 ? "MoneyDeposited" : "MoneyWithdrawn", 1, cents);
  }

  /// The state is all that happened, so nothing escapes.
  record History(List<String> happened) {
    History {
      happened = List.copyOf(happened);
    }

    History with(Happening event) {
      var more = new ArrayList<>(happened);
      more.add(event.toString());
      return new History(more);
    }
  }

  private static CommandHandler<Happening, History, Happening, String> program(EventStore store) {
    Decider<Happening, History, Happening, String> decider =
        Decider.of(new History(List.of()), (wanted, _) -> Decision.accept(wanted), History::with);
    return CommandHandler.of(store, decider, TODAY, _ -> Boundary.stream(STREAM));
  }

  private static Snapshots<History> snapshots(int version) {
    return Snapshots.of("accounts", version, JsonBinding.jackson(History.class)).everyEvents(1);
  }

  private final CountingStore store = new CountingStore(new InMemoryEventStore(Clock.systemUTC()));

  @AfterEach
  void close() {
    store.close();
  }

  private void append(StreamName stream, ProposedEvent event) {
    store.append(stream, ExpectedState.any(), event);
  }

  private void appendOld(String type, int version, String json) {
    append(
        STREAM,
        ProposedEvent.json(type, json).withMetadata("{\"schemaVersion\":%d}".formatted(version)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void what_any_version_wrote_means_the_same_today(int version) {
    appendOld(version <= 2 ? "AccountCreated" : "AccountOpened", version, opened(version));
    appendOld("AccountPinged", 9, "no matter what");
    appendOld("BalanceChanged", 1, "{\"by\":500}");
    appendOld("AccountEmptied", 1, "{\"paid\":490,\"fee\":10}");

    assertThat(program(store).state(Boundary.stream(STREAM)).happened())
        .containsExactly(
            new AccountOpened("ann", "EUR", 0).toString(),
            new Deposited(500).toString(),
            new Withdrawn(490).toString(),
            new Withdrawn(10).toString());
  }

  @Test
  void the_class_of_an_event_has_another_name_today() {
    append(STREAM, OLD.encode(new OldOpening("ann")));

    assertThat(program(store).state(Boundary.stream(STREAM)).happened())
        .containsExactly(new AccountOpened("ann", "EUR", 0).toString());
  }

  @Test
  void a_decision_passes_over_what_is_strange_if_it_may_and_never_over_what_is_newer() {
    var tolerant = program(store).with(HandlingOptions.defaults().with(UnknownEvents.PASS_OVER));
    appendOld("StatementPrinted", 1, "{}");
    assertThat(tolerant.handle(new Deposited(1))).isInstanceOf(Outcome.Accepted.class);

    appendOld("MoneyDeposited", 2, "{\"amount\":\"5.00\"}");
    assertThatThrownBy(() -> tolerant.handle(new Deposited(1)))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("newer program");
  }

  @Test
  void every_version_has_a_sample() {
    var samples = new ArrayList<JsonEvent>();
    for (var version = 1; version <= 4; version++) {
      for (var type : List.of("AccountCreated", "AccountOpened")) {
        samples.add(new JsonEvent(type, version, object(opened(version))));
      }
    }
    samples.add(moved(1));
    samples.add(moved(-1));
    samples.add(new JsonEvent("BalanceChanged", 1, object("{\"by\":1}")));
    samples.add(new JsonEvent("AccountEmptied", 1, object("{\"paid\":1,\"fee\":1}")));

    assertThat(TODAY.replay(samples).subList(0, 8))
        .containsOnly(List.of(new AccountOpened("ann", "EUR", 0)));
  }

  private static ObjectNode object(String json) {
    return (ObjectNode) JsonMapper.shared().readTree(json);
  }

  /// One is of an older version; the other one says that it is of today's, and is not.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_snapshot_of_yesterdays_state_is_discarded_and_replaced(int saysVersion) {
    appendOld("AccountCreated", 1, opened(1));
    appendOld("BalanceChanged", 1, "{\"by\":500}");
    append(
        SNAPSHOTS,
        ProposedEvent.json("$snapshot", "{\"balance\":\"five\"}")
            .withMetadata(
                "{\"schemaVersion\":%d,\"next\":2,\"firstVisible\":0,\"lastPosition\":1}"
                    .formatted(saysVersion)));
    var today = program(store).with(snapshots(2));

    var _ = today.handle(new Deposited(1));

    assertThat(store.read(SNAPSHOTS, ReadOptions.forwards()).events().getLast().dataAsText())
        .contains(new AccountOpened("ann", "EUR", 0).toString(), new Deposited(500).toString());
    store.reset();
    assertThat(program(store).with(snapshots(2)).state(Boundary.stream(STREAM)).happened())
        .hasSize(3)
        .last()
        .isEqualTo(new Deposited(1).toString());
    assertThat(store.events()).isEqualTo(1 + 1);
  }
}
