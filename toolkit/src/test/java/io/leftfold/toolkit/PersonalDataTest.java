// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectErasedException;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

final class PersonalDataTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final StreamName STREAM = StreamName.of("account-1");
  private static final Subject ANN = Subject.of("customer-7");
  private static final Subject BOB = Subject.of("customer-8");

  sealed interface Happening {}

  record Address(String street, int number) {}

  record Opened(
      String customer, Personal<String> owner, @Nullable Personal<Address> address, String currency)
      implements Happening {}

  /// About two subjects.
  record Paid(String from, String to, Personal<String> payer, Personal<String> payee, long amount)
      implements Happening {}

  /// Bound by functions.
  record Noted(String customer, Personal<List<String>> words) implements Happening {}

  private static final JsonBinding<Noted> NOTED =
      JsonBinding.of(
          noted ->
              JSON.createObjectNode()
                  .put("customer", noted.customer())
                  .set("words", noted.words().toJson(JSON::valueToTree)),
          json ->
              new Noted(
                  json.required("customer").asString(),
                  Personal.fromJson(
                      json.required("words"),
                      words -> words.valueStream().map(word -> word.asString()).toList())));

  private static EventTypesBuilder<Happening> table() {
    return EventTypes.of(Happening.class)
        .type("AccountOpened", 2, Opened.class, JsonBinding.jackson(Opened.class))
        .upcast("AccountOpened", 1, json -> json.set("owner", json.remove("name")))
        .renamed("AccountCreated", "AccountOpened")
        .personal(Opened.class, opened -> Subject.of(opened.customer()), "owner", "address")
        .type("MoneyPaid", 1, Paid.class, JsonBinding.jackson(Paid.class))
        .personal(Paid.class, paid -> Subject.of(paid.from()), "payer")
        .personal(Paid.class, paid -> Subject.of(paid.to()), "payee")
        .type("CustomerNoted", 1, Noted.class, NOTED)
        .personal(Noted.class, noted -> Subject.of(noted.customer()), "words")
        .tagged(_ -> List.of(Tag.of("kind", "any")));
  }

  private static final Opened OPENED =
      new Opened(
          "customer-7", Personal.of("Ann Other"), Personal.of(new Address("Long Lane", 12)), "CHF");
  private static final Opened FORGOTTEN =
      new Opened("customer-7", Personal.erased(), Personal.erased(), "CHF");
  private static final Paid PAID =
      new Paid("customer-7", "customer-8", Personal.of("Ann Other"), Personal.of("Bob Body"), 5);

  private final SubjectKeys keys = SubjectKeys.inMemory(new SecureRandom());
  private final EventTypes<Happening> types = table().build().with(keys);
  private final InMemoryEventStore store = new InMemoryEventStore(Clock.systemUTC());

  @AfterEach
  void close() {
    store.close();
  }

  private RecordedEvent stored(ProposedEvent event) {
    return Recordings.stored(store, STREAM, event);
  }

  private static Decoded<Happening> known(Happening... events) {
    return Decoded.known(events);
  }

  private static ObjectNode data(RecordedEvent event) {
    return (ObjectNode) JSON.readTree(event.data());
  }

  /// The event as it would be if somebody had changed its data.
  private static RecordedEvent changed(RecordedEvent event, UnaryOperator<ObjectNode> change) {
    return Recordings.with(
        event, event.type(), change.apply(data(event)).toString().getBytes(UTF_8));
  }

  private static RecordedEvent renamed(RecordedEvent event, String type) {
    return Recordings.with(event, type, event.data());
  }

  // ---- sealed, opened, erased

  @Test
  void that_keys_cannot_be_asked_is_no_fault_of_the_event() {
    var recorded = stored(types.encode(OPENED));
    var unreachable = table().build().with(new Unreachable());

    assertThatThrownBy(() -> unreachable.decode(recorded))
        .isInstanceOf(KeysUnavailableException.class)
        .hasMessageContaining("the disk is gone");
    assertThatThrownBy(() -> unreachable.encode(OPENED))
        .isInstanceOf(KeysUnavailableException.class);
    assertThat(types.decode(recorded)).isEqualTo(known(OPENED));
  }

  @Test
  void a_projection_parks_nothing_while_keys_cannot_be_asked() {
    var recorded = stored(types.encode(OPENED));
    var unreachable = table().build().with(new Unreachable());
    var folds =
        new Folds<>(
            Projection.<Happening, Object>of("owners", 1, unreachable, (_, _) -> {}),
            UnknownEvents.REFUSE);

    assertThatThrownBy(() -> folds.meaning(recorded)).isInstanceOf(KeysUnavailableException.class);
  }

  private static final class Unreachable implements SubjectKeys {

    private static UncheckedIOException failure() {
      return new UncheckedIOException(new IOException("the disk is gone"));
    }

    @Override
    public byte[] seal(Subject subject, byte[] plain, byte[] context) {
      throw failure();
    }

    @Override
    public Optional<byte[]> open(Subject subject, byte[] sealed, byte[] context) {
      throw failure();
    }

    @Override
    public boolean erase(Subject subject) {
      throw failure();
    }

    @Override
    public boolean isErased(Subject subject) {
      throw failure();
    }
  }

  @Test
  void what_is_personal_is_sealed_and_read_back_until_it_is_erased() {
    var recorded = stored(types.encode(OPENED));

    assertThat(recorded.dataAsText())
        .contains("customer-7", "CHF")
        .doesNotContain("Ann Other", "Long Lane", "street");
    assertThat(types.decode(recorded)).isEqualTo(known(OPENED));

    assertThat(keys.erase(ANN)).isTrue();
    assertThat(types.decode(recorded)).isEqualTo(known(FORGOTTEN));
    assertThat(keys.erase(ANN)).isFalse();
  }

  @Test
  void nothing_is_written_for_a_subject_that_is_erased() {
    keys.erase(ANN);

    assertThatThrownBy(() -> types.encode(OPENED))
        .isInstanceOf(SubjectErasedException.class)
        .hasMessageContaining("customer-7");
    assertThatThrownBy(() -> types.encode(PAID)).isInstanceOf(SubjectErasedException.class);
  }

  @Test
  void what_was_erased_can_be_written_again_as_such() {
    keys.erase(ANN);
    var recorded = stored(types.encode(FORGOTTEN));

    assertThat(types.decode(recorded)).isEqualTo(known(FORGOTTEN));
    assertThat(recorded.tags()).doesNotContain(ANN.tag());
  }

  @Test
  void an_event_about_two_subjects_loses_what_is_about_one() {
    var recorded = stored(types.encode(PAID));
    keys.erase(BOB);

    assertThat(types.decode(recorded))
        .isEqualTo(known(new Paid("customer-7", "customer-8", PAID.payer(), Personal.erased(), 5)));
  }

  @Test
  void events_are_found_by_whom_they_are_about() {
    stored(types.encode(OPENED));
    stored(types.encode(PAID));

    assertThat(store.read(Query.of(Query.tagged(ANN.tag())), ReadOptions.forwards()).events())
        .hasSize(2)
        .allSatisfy(event -> assertThat(event.tags()).contains(Tag.of("kind", "any")));
    assertThat(store.read(Query.of(Query.tagged(BOB.tag())), ReadOptions.forwards()).events())
        .hasSize(1);
  }

  @Test
  void bindings_by_functions_know_it_too() {
    var noted = new Noted("customer-7", Personal.of(List.of("very tall", "kind")));
    var recorded = stored(types.encode(noted));

    assertThat(recorded.dataAsText()).doesNotContain("very tall");
    assertThat(types.decode(recorded)).isEqualTo(known(noted));
    keys.erase(ANN);
    assertThat(types.decode(recorded)).isEqualTo(known(new Noted("customer-7", Personal.erased())));
  }

  @Test
  void what_is_missing_or_null_is_not_sealed() {
    var opened = new Opened("customer-7", Personal.of("Ann"), null, "CHF");
    var recorded = stored(types.encode(opened));

    assertThat(data(recorded).get("address").isNull()).isTrue();
    assertThat(types.decode(recorded)).isEqualTo(known(opened));
  }

  @Test
  void what_is_declared_and_not_there_is_not_written() {
    record Renamed(String customer, Personal<String> holder) {}

    var binding = JsonBinding.jackson(Renamed.class);
    var renamed =
        EventTypes.of(Renamed.class)
            .type("AccountOpened", 1, Renamed.class, binding)
            .personal(Renamed.class, opened -> Subject.of(opened.customer()), "owner")
            .build()
            .with(keys);
    var opened = new Renamed("customer-7", Personal.of("Ann"));

    assertThatIllegalStateException()
        .isThrownBy(() -> renamed.encode(opened))
        .withMessageContaining("owner")
        .withMessageContaining("AccountOpened");
    assertThatIllegalStateException()
        .isThrownBy(() -> binding.sealing(keys, _ -> ANN, "owner").write(opened))
        .withMessageContaining("owner");
  }

  @Test
  void a_personal_field_that_no_golden_sample_has_is_a_mistake() {
    record Plain(String customer, Personal<String> holder) {}

    var plain =
        EventTypes.of(Plain.class)
            .type("AccountOpened", 2, Plain.class, JsonBinding.jackson(Plain.class))
            .upcast("AccountOpened", 1, json -> json.set("holder", json.remove("owner")))
            .personal(Plain.class, opened -> Subject.of(opened.customer()), "owner")
            .build();
    var older = sample(1, "{\"customer\":\"customer-7\",\"owner\":\"Ann\"}");
    var newer = sample(2, "{\"customer\":\"customer-7\",\"holder\":\"Ann\"}");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> plain.replay(List.of(older, newer)))
        .withMessageContaining("owner")
        .withMessageContaining("AccountOpened");
  }

  private static JsonEvent sample(int version, String data) {
    return new JsonEvent("AccountOpened", version, (ObjectNode) JSON.readTree(data));
  }

  @Test
  void personal_data_does_not_get_into_logs_by_chance() {
    assertThat(OPENED.toString()).doesNotContain("Ann", "Long Lane");
  }

  @Test
  void personal_values_can_be_worked_with() {
    assertThat(Personal.of("Ann").map(String::length)).isEqualTo(Personal.of(3));
    assertThat(Personal.<String>erased().map(String::length)).isEqualTo(Personal.erased());
    assertThat(Personal.of("Ann").orElse("-")).isEqualTo("Ann");
    assertThat(Personal.<String>erased().orElse("-")).isEqualTo("-");
  }

  // ---- older versions

  @Test
  void upcasts_see_what_was_sealed_in_the_clear() {
    record OpenedOnce(String customer, Personal<String> name, String currency) {}

    var then =
        EventTypes.of(OpenedOnce.class)
            .type("AccountCreated", 1, OpenedOnce.class, JsonBinding.jackson(OpenedOnce.class))
            .personal(OpenedOnce.class, opened -> Subject.of(opened.customer()), "name")
            .build()
            .with(keys);
    var recorded =
        stored(then.encode(new OpenedOnce("customer-7", Personal.of("Ann Other"), "EUR")));

    assertThat(recorded.dataAsText()).doesNotContain("Ann Other");
    assertThat(types.decode(recorded))
        .isEqualTo(known(new Opened("customer-7", Personal.of("Ann Other"), null, "EUR")));
    keys.erase(ANN);
    assertThat(types.decode(recorded))
        .isEqualTo(known(new Opened("customer-7", Personal.erased(), null, "EUR")));
  }

  @Test
  void what_was_stored_before_it_was_personal_is_read_as_it_is() {
    var recorded =
        stored(
            ProposedEvent.json(
                "AccountOpened",
                "{\"customer\":\"customer-7\",\"name\":\"Ann Other\",\"currency\":\"EUR\"}"));

    assertThat(types.decode(recorded))
        .isEqualTo(known(new Opened("customer-7", Personal.of("Ann Other"), null, "EUR")));
  }

  @Test
  void golden_samples_are_read_as_if_erased_too() {
    record Plain(String customer, String owner) {}

    var plain =
        EventTypes.of(Plain.class)
            .type("AccountOpened", 1, Plain.class, JsonBinding.jackson(Plain.class))
            .personal(Plain.class, opened -> Subject.of(opened.customer()), "owner")
            .build();
    var sample = sample(1, "{\"customer\":\"customer-7\",\"owner\":\"Ann\"}");

    assertThatThrownBy(() -> plain.replay(List.of(sample)))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("does not fit AccountOpened");
  }

  // ---- what is broken

  private void assertUnreadable(RecordedEvent event, String finding) {
    assertThatThrownBy(() -> types.decode(event))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining(finding);
  }

  @Test
  void no_byte_of_what_is_sealed_can_be_changed_or_missing() {
    var recorded = stored(types.encode(OPENED));
    var sealed = Base64.getDecoder().decode(data(recorded).at("/owner/$sealed").asString());

    for (var at = 0; at < sealed.length; at++) {
      var flipped = sealed.clone();
      flipped[at] ^= 1;
      assertUnreadable(withOwner(recorded, flipped), "cannot be opened");
      assertUnreadable(withOwner(recorded, Arrays.copyOf(sealed, at)), "cannot be opened");
    }
    assertUnreadable(
        changed(recorded, json -> json.put("owner", "Eve")), "is to be sealed, and is not");
    assertUnreadable(changed(recorded, json -> json.without("owner")), "is not");
    assertUnreadable(
        changed(recorded, json -> json.put("owner", 5)), "is to be sealed, and is not");
    assertUnreadable(
        changed(
            recorded,
            json -> json.set("owner", json.get("owner").deepCopy().asObject().put("$sealed", "?"))),
        "no text that was sealed here");
    assertUnreadable(
        changed(
            recorded,
            json -> json.set("owner", json.get("owner").deepCopy().asObject().put("subject", ""))),
        "no text that was sealed here");
  }

  private static RecordedEvent withOwner(RecordedEvent event, byte[] sealed) {
    return changed(
        event,
        json -> {
          ((ObjectNode) json.get("owner"))
              .put("$sealed", Base64.getEncoder().encodeToString(sealed));
          return json;
        });
  }

  @Test
  void what_is_sealed_cannot_be_moved() {
    var opened = stored(types.encode(OPENED));
    var paid = stored(types.encode(PAID));
    var ofBob =
        stored(types.encode(new Opened("customer-8", Personal.of("Bob"), OPENED.address(), "CHF")));

    assertUnreadable(
        changed(opened, json -> json.set("owner", json.get("address"))), "cannot be opened");
    assertUnreadable(
        changed(paid, json -> json.set("payee", json.get("payer"))), "cannot be opened");
    assertUnreadable(
        changed(opened, json -> json.set("owner", data(paid).get("payer"))), "cannot be opened");
    assertUnreadable(renamed(opened, "AccountCreated"), "cannot be opened");
    assertUnreadable(
        changed(
            opened,
            json -> {
              var sealed = (ObjectNode) data(ofBob).get("owner");
              return json.set("owner", sealed.put("subject", "customer-7"));
            }),
        "cannot be opened");
  }

  @Test
  void a_wrong_key_or_a_lost_one_is_no_erasure() {
    var recorded = stored(types.encode(OPENED));
    var others = SubjectKeys.inMemory(new SecureRandom());
    var elsewhere = table().build().with(others);

    assertThatThrownBy(() -> elsewhere.decode(recorded))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("no key of customer-7, and it was not erased");
    elsewhere.encode(OPENED);
    assertThatThrownBy(() -> elsewhere.decode(recorded))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("another key");
  }

  @Test
  void without_keys_nothing_is_written_or_read_by_mistake() {
    var recorded = stored(types.encode(OPENED));
    var keyless = table().build();

    assertThatIllegalStateException()
        .isThrownBy(() -> keyless.encode(OPENED))
        .withMessageContaining("EventTypes.with");
    assertThatThrownBy(() -> keyless.decode(recorded))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("owner")
        .hasMessageContaining("EventTypes.with");
  }

  @Test
  void declarations_that_cannot_be_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> table().personal(Opened.class, _ -> ANN, "owner"))
        .withMessageContaining("declared twice");
    assertThatIllegalStateException()
        .isThrownBy(
            () -> EventTypes.of(Object.class).personal(String.class, _ -> ANN, "owner").build())
        .withMessageContaining("no name");
    assertThatIllegalArgumentException().isThrownBy(() -> Subject.of(""));
    assertThatIllegalArgumentException().isThrownBy(() -> Subject.of("\ud800"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Subject.of("x".repeat(Subject.BYTES_MAX + 1)));
  }
}
