// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.keys.KeyRing;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.cbor.CBORMapper;

/// The same trees in another format.
final class FormatsTest {

  private static final StreamName STREAM = StreamName.of("readings-1");
  private static final SecureRandom RANDOM = new SecureRandom();

  record Reading(
      String customer,
      Personal<String> place,
      @Nullable Personal<BigDecimal> height,
      long number,
      BigDecimal amount,
      boolean isFinal,
      Instant taken,
      List<Integer> values) {}

  private static final Reading READING =
      new Reading(
          "customer-7",
          Personal.of("Long Lane 5"),
          Personal.of(new BigDecimal("12345678901234567.890")),
          Long.MAX_VALUE,
          new BigDecimal("-98765432109876543.210"),
          true,
          Instant.parse("2026-11-30T09:00:00.123456Z"),
          List.of(1, -1, Integer.MAX_VALUE));

  private static EventTypesBuilder<Reading> types() {
    return EventTypes.of(Reading.class)
        .type("MeterRead", 2, Reading.class, JsonBinding.jackson(Reading.class))
        .upcast("MeterRead", 1, json -> json.set("number", json.remove("no")))
        .personal(Reading.class, reading -> Subject.of(reading.customer()), "place", "height");
  }

  private final SubjectKeys keys = SubjectKeys.inMemory(RANDOM);
  private final EventTypes<Reading> json = types().build().with(keys);
  private final EventTypes<Reading> cbor =
      types().format("cbor", new CBORMapper(), Reading.class).build().with(keys);
  private final InMemoryEventStore store = new InMemoryEventStore(Clock.systemUTC());

  @AfterEach
  void close() {
    store.close();
  }

  private RecordedEvent stored(ProposedEvent event) {
    return Recordings.stored(store, STREAM, event);
  }

  @Test
  void an_event_is_stored_in_the_format_of_its_class_and_read_back() {
    var recorded = stored(cbor.encode(READING));

    assertThat(recorded.contentType()).isEqualTo(ContentType.BINARY);
    assertThat(recorded.metadataAsText()).contains("\"format\":\"cbor\"");
    assertThat(recorded.data().length).isLessThan(json.encode(READING).data().length);
    assertThat(cbor.decode(recorded)).isEqualTo(Decoded.known(READING));
  }

  @Test
  void what_is_personal_is_sealed_in_any_format() {
    var recorded = stored(cbor.encode(READING));
    assertThat(recorded.dataAsText()).doesNotContain("Long Lane");
    keys.erase(Subject.of("customer-7"));

    assertThat(cbor.decode(recorded))
        .isEqualTo(
            Decoded.known(
                new Reading(
                    READING.customer(),
                    Personal.erased(),
                    Personal.erased(),
                    READING.number(),
                    READING.amount(),
                    READING.isFinal(),
                    READING.taken(),
                    READING.values())));
  }

  @Test
  void the_format_of_json_is_not_asked() {
    var types =
        EventTypes.of(String.class)
            .type(
                "Noted",
                1,
                String.class,
                JsonBinding.of(
                    _ -> JsonMapper.shared().createObjectNode(),
                    json -> json.required("text").asString()))
            .build();
    var recorded =
        stored(
            ProposedEvent.json("Noted", "{\"text\":\"read me\"}")
                .withMetadata("{\"format\":\"pdf\"}"));

    assertThat(types.decode(recorded)).isEqualTo(Decoded.known("read me"));
  }

  @Test
  void decimals_keep_every_digit_and_their_scale() {
    record Rated(Personal<BigDecimal> secret, BigDecimal rate) {}

    for (var number : List.of("12345678901234567.89", "0.10", "1E+400", "-1.0E-400", "7")) {
      var decimal = new BigDecimal(number);
      var rated = new Rated(Personal.of(decimal), decimal);
      var binding = JsonBinding.jackson(Rated.class);
      var events =
          EventTypes.of(Rated.class)
              .type("Rated", 1, Rated.class, binding)
              .personal(Rated.class, _ -> Subject.of("customer-7"), "secret")
              .build()
              .with(keys);
      assertThat(events.decode(stored(events.encode(rated)))).isEqualTo(Decoded.known(rated));
      var snapshots = Snapshots.of("rates", 1, binding);
      assertThat(snapshots.read().apply(snapshots.write().apply(rated))).isEqualTo(rated);
      assertThat(binding.readText(binding.writeText(rated))).isEqualTo(rated);
      assertThat(Recording.json(BigDecimal::toString, decimal).asDecimal()).isEqualTo(decimal);
      var about = ProposedEvent.json("Rated", "{}").withMetadata("{\"rate\":" + number + "}");
      assertThat(Metadata.with(about, "by", "ann").metadata())
          .asString(UTF_8)
          .isEqualTo("{\"rate\":" + number + ",\"by\":\"ann\"}");
    }
  }

  @Test
  void formats_can_be_changed_there_and_back() {
    assertThat(cbor.decode(stored(json.encode(READING)))).isEqualTo(Decoded.known(READING));
    var back = types().format("cbor", new CBORMapper()).build().with(keys);
    assertThat(back.decode(stored(cbor.encode(READING)))).isEqualTo(Decoded.known(READING));
    assertThat(back.encode(READING).contentType()).isEqualTo(ContentType.JSON);
  }

  @Test
  void upcasts_do_not_know_in_which_format_their_trees_were() {
    record Once(String customer, String place, long no, boolean isFinal) {}

    var once =
        EventTypes.of(Once.class)
            .type("MeterRead", 1, Once.class, JsonBinding.jackson(Once.class))
            .format("cbor", new CBORMapper(), Once.class)
            .build();
    var recorded = stored(once.encode(new Once("customer-7", "Long Lane", 5, true)));

    // It lacks fields of today; that they are null is Jackson's way.
    assertThat(cbor.decode(recorded).toString()).contains("number=5", "isFinal=true");
  }

  @Test
  void layers_go_around_any_format() {
    var ring = KeyRing.of("2026", new byte[32], RANDOM);
    var codec = Encrypted.of(Compressed.of(cbor).above(0), ring);

    assertThat(codec.decode(stored(codec.encode(READING)))).isEqualTo(Decoded.known(READING));
  }

  private static RecordedEvent cut(RecordedEvent event, int length) {
    return Recordings.with(event, event.type(), Arrays.copyOf(event.data(), length));
  }

  @Test
  void what_is_not_declared_or_broken_is_an_error() {
    var recorded = stored(cbor.encode(READING));

    assertThatThrownBy(() -> json.decode(recorded))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("format cbor")
        .hasMessageContaining("EventTypesBuilder.format");
    for (var length = 0; length < recorded.data().length; length++) {
      var broken = cut(recorded, length);
      assertThatThrownBy(() -> cbor.decode(broken)).isInstanceOf(UnreadableEventException.class);
    }
  }

  @Test
  void declarations_that_cannot_be_are_refused() {
    var mapper = new CBORMapper();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> types().format("cbor", mapper).format("cbor", mapper))
        .withMessageContaining("Format cbor is declared twice");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> types().format("a", mapper, Reading.class).format("b", mapper, Reading.class))
        .withMessageContaining("declared twice");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> types().format("JSON", mapper))
        .withMessageContaining("JSON");
    assertThatIllegalStateException()
        .isThrownBy(() -> EventTypes.of(Object.class).format("cbor", mapper, String.class).build())
        .withMessageContaining("no name");
  }

  @Test
  void what_is_no_object_is_refused_with_what_to_do() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JsonBinding.jackson(Long.class).writeText(7L))
        .withMessageContaining("java.lang.Long is a NUMBER")
        .withMessageContaining("put it into a record");
  }
}
