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
import io.leftfold.toolkit.process.Correlation;
import io.leftfold.toolkit.process.Effect;
import io.leftfold.toolkit.process.Input;
import io.leftfold.toolkit.process.ProcessDefinition;
import io.leftfold.toolkit.process.ProcessManager;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.ProcessRunner;
import io.leftfold.toolkit.process.Retries;
import io.leftfold.toolkit.process.Settlement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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

  // ---- two types of yesterday, one fact today

  /// Yesterday's program stored the street, and right behind it the city; today's stores both at
  /// once.
  sealed interface Address {}

  record StreetChanged(String street) implements Address {}

  record CityChanged(String city) implements Address {}

  record Moved(String street, String city) implements Address {}

  private static final EventTypes<Address> ADDRESSES =
      EventTypes.of(Address.class)
          .type("StreetChanged", 1, StreetChanged.class, JsonBinding.jackson(StreetChanged.class))
          .type("CityChanged", 1, CityChanged.class, JsonBinding.jackson(CityChanged.class))
          .type("Moved", 1, Moved.class, JsonBinding.jackson(Moved.class))
          .build();

  /// Where somebody has lived, and the half that waits for the other one: whatever is folded,
  /// merges by what it has seen before.
  record Homes(List<Moved> all, Optional<String> street) {
    static final Homes NONE = new Homes(List.of(), Optional.empty());

    Homes with(Address event) {
      return switch (event) {
        case StreetChanged(var next) -> new Homes(all, Optional.of(next));
        case CityChanged(var city) -> moved(new Moved(street.orElseThrow(), city));
        case Moved moved -> moved(moved);
      };
    }

    private Homes moved(Moved moved) {
      var more = new ArrayList<>(all);
      more.add(moved);
      return new Homes(more, Optional.empty());
    }
  }

  private static final List<Moved> MOVES =
      List.of(new Moved("High Street", "York"), new Moved("Mill Lane", "Leeds"));

  /// Each time another program goes on, so each half is seen by another one.
  private void eachIsRecorded(Runnable andThen) {
    for (var event :
        List.of(
            new StreetChanged("High Street"),
            new CityChanged("York"),
            new Moved("Mill Lane", "Leeds"))) {
      append(STREAM, ADDRESSES.encode(event));
      andThen.run();
    }
  }

  /// Nobody moves to where they have lived.
  @Test
  void what_was_two_events_is_one_fact_to_a_decision() {
    Decider<Moved, Homes, Address, String> decider =
        Decider.of(
            Homes.NONE,
            (move, homes) ->
                homes.all().contains(move) ? Decision.reject("been there") : Decision.accept(move),
            Homes::with);
    var boundary = Boundary.<Address>stream(STREAM);
    var moving =
        CommandHandler.of(store, decider, ADDRESSES, _ -> boundary)
            .with(HandlingOptions.defaults().withRememberedStatesMax(1));

    eachIsRecorded(() -> moving.state(boundary)); // and remembered, so with half of it

    assertThat(MOVES)
        .allSatisfy(move ->
            assertThat(moving.handle(move)).isEqualTo(new Outcome.Rejected<>("been there")));
  }

  @Test
  void what_was_two_events_is_one_fact_to_readers() {
    var readModel = new InMemoryReadModel<Homes>();
    var homes = Projection.folding("homes", 1, ADDRESSES, Homes.NONE, Homes::with);

    eachIsRecorded(() -> Projector.of(store, homes, readModel).catchUp());

    assertThat(
            readModel.<Homes>read("homes", states -> states.of(STREAM.value()).orElseThrow()).all())
        .isEqualTo(MOVES);
  }

  /// Sends the post on, each time that somebody has moved.
  private static final class Forwarding implements ProcessManager<Address, Homes, Moved> {
    @Override
    public Correlation correlate(Address event) {
      return Correlation.start("ann");
    }

    @Override
    public Homes initialState() {
      return Homes.NONE;
    }

    @Override
    public Homes evolve(Homes homes, Input<Address, Moved> input) {
      return input instanceof Input.Occurred<Address, Moved>(var event, _)
          ? homes.with(event)
          : homes;
    }

    @Override
    public List<Effect<Moved>> react(Homes homes, Input<Address, Moved> input) {
      return input instanceof Input.Occurred<Address, Moved> && homes.street().isEmpty()
          ? List.of(Effect.send(homes.all().getLast()))
          : List.of();
    }
  }

  @Test
  void what_was_two_events_is_one_fact_to_a_process() {
    var sent = new ArrayList<Moved>();
    var commands =
        EventTypes.of(Moved.class)
            .type("Forward", 1, Moved.class, JsonBinding.jackson(Moved.class))
            .build();

    eachIsRecorded(() -> {
      var forwarding =
          ProcessRunner.of(
              store,
              ProcessDefinition.of("forwarding", new Forwarding(), ADDRESSES, commands),
              (_, moved) -> {
                sent.add(moved);
                return new Settlement.Accepted("");
              },
              Clock.systemUTC(),
              ProcessOptions.of(Retries.defaults(new Random(1))));
      try (var stepped = forwarding.stepByStep()) {
        stepped.untilIdle();
      }
    });

    assertThat(sent).isEqualTo(MOVES);
  }
}
