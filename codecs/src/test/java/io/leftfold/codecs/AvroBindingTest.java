// SPDX-License-Identifier: Apache-2.0

package io.leftfold.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ContentType;
import io.leftfold.codecs.Reading.MeterNotFound;
import io.leftfold.codecs.Reading.MeterRead;
import io.leftfold.codecs.Reading.MeterReadOfThen;
import io.leftfold.toolkit.BinaryBinding;
import io.leftfold.toolkit.BinaryEvent;
import io.leftfold.toolkit.Compressed;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.Encrypted;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.keys.KeyRing;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;

final class AvroBindingTest {

  private static final Schema FIRST =
      SchemaBuilder.record("MeterRead")
          .fields()
          .requiredString("meter")
          .requiredInt("no")
          .endRecord();

  /// By the rules of Avro what was written with the first can be read: numbers grow, a field has an
  /// alias, and one that was added has a default.
  private static final Schema TODAY =
      SchemaBuilder.record("MeterRead")
          .fields()
          .requiredString("meter")
          .name("number")
          .aliases("no")
          .type()
          .longType()
          .noDefault()
          .name("estimated")
          .type()
          .booleanType()
          .booleanDefault(false)
          .endRecord();

  private static final Schema TOMORROW =
      SchemaBuilder.record("MeterRead")
          .fields()
          .requiredString("meter")
          .requiredLong("number")
          .requiredBoolean("estimated")
          .requiredString("by")
          .endRecord();

  private static final Schema OF_HUNDREDS =
      SchemaBuilder.record("Hundreds")
          .fields()
          .requiredString("meter")
          .requiredLong("hundreds")
          .endRecord();

  private static final Schema NOT_FOUND =
      SchemaBuilder.record("NotFound").fields().requiredString("meter").endRecord();

  private static final MeterRead READ = new MeterRead("west", 300, true);

  private static BinaryBinding<MeterRead> binding(Schema... former) {
    return AvroBinding.of(TODAY, AvroBindingTest::written, AvroBindingTest::read, former);
  }

  private static GenericRecord written(MeterRead read) {
    return new GenericRecordBuilder(TODAY)
        .set("meter", read.meter())
        .set("number", read.number())
        .set("estimated", read.isEstimated())
        .build();
  }

  private static MeterRead read(GenericRecord row) {
    return new MeterRead(
        row.get("meter").toString(), (Long) row.get("number"), (Boolean) row.get("estimated"));
  }

  private static final BinaryBinding<MeterReadOfThen> THEN =
      AvroBinding.of(
          FIRST,
          old ->
              new GenericRecordBuilder(FIRST)
                  .set("meter", old.meter())
                  .set("no", (int) old.number())
                  .build(),
          row -> new MeterReadOfThen(row.get("meter").toString(), (Integer) row.get("no")));

  private static final BinaryBinding<MeterReadOfThen> HUNDREDS =
      AvroBinding.of(
          OF_HUNDREDS,
          old ->
              new GenericRecordBuilder(OF_HUNDREDS)
                  .set("meter", old.meter())
                  .set("hundreds", old.number())
                  .build(),
          row -> new MeterReadOfThen(row.get("meter").toString(), (Long) row.get("hundreds")));

  private static final EventTypes<Reading> READINGS =
      EventTypes.of(Reading.class)
          .type("MeterRead", 2, MeterRead.class, binding(FIRST))
          .former(
              "MeterRead",
              1,
              HUNDREDS,
              (old, _) -> List.of(new MeterRead(old.meter(), old.number() * 100, false)))
          .type(
              "MeterNotFound",
              1,
              MeterNotFound.class,
              AvroBinding.of(
                  NOT_FOUND,
                  it -> new GenericRecordBuilder(NOT_FOUND).set("meter", it.meter()).build(),
                  row -> new MeterNotFound(row.get("meter").toString())))
          .build();

  @Test
  void an_event_is_stored_with_the_fingerprint_of_its_schema_and_read_back() {
    var stored = Stored.as(READINGS.encode(READ));

    assertThat(stored.contentType()).isEqualTo(ContentType.BINARY);
    assertThat(stored.metadataAsText()).isEqualTo("{\"schemaVersion\":2,\"format\":\"avro\"}");
    assertThat(stored.data()).startsWith(0xC3, 0x01);
    assertThat(READINGS.decode(stored)).isEqualTo(Decoded.known(READ));
  }

  @Test
  void whatever_is_written_is_read() {
    var random = new Random(7);
    for (var i = 0; i < 200; i++) {
      var read =
          new MeterRead(
              Integer.toString(random.nextInt(), Character.MAX_RADIX),
              random.nextLong(),
              random.nextBoolean());
      assertThat(READINGS.decode(Stored.as(READINGS.encode(read)))).isEqualTo(Decoded.known(read));
    }
  }

  /// The bytes are what was written once, and are never to be changed here.
  @Test
  void golden_samples_of_all_versions_mean_what_they_meant() {
    var hundreds = HexFormat.of().parseHex("c3017598fcad75d1fcfe087765737406");
    var first = HexFormat.of().parseHex("c3012796257e9117664b08776573740e");
    var today = HexFormat.of().parseHex("c301948dcb1cb6e5a2e80877657374d80401");
    var notFound = HexFormat.of().parseHex("c3019c8e1646d04666ef0877657374");

    assertThat(
            READINGS.replay(
                List.of(
                    new BinaryEvent("MeterRead", 1, "avro", hundreds),
                    new BinaryEvent("MeterRead", 2, "avro", first),
                    new BinaryEvent("MeterRead", 2, "avro", today),
                    new BinaryEvent("MeterNotFound", 1, "avro", notFound))))
        .containsExactly(
            List.of(new MeterRead("west", 300, false)),
            List.of(new MeterRead("west", 7, false)),
            List.of(READ),
            List.of(new MeterNotFound("west")));
    assertThat(binding().write(READ)).isEqualTo(today);
  }

  @Test
  void what_was_written_with_a_schema_that_nobody_kept_is_an_error() {
    var forgetful =
        EventTypes.of(MeterRead.class)
            .type("MeterRead", 2, MeterRead.class, binding())
            .former("MeterRead", 1, HUNDREDS, (_, _) -> List.of())
            .build();
    var event = READINGS.encode(READ);
    var first = Stored.as(event, ContentType.BINARY, THEN.write(new MeterReadOfThen("west", 7)));

    assertThat(READINGS.decode(first)).isEqualTo(Decoded.known(new MeterRead("west", 7, false)));
    assertThatThrownBy(() -> forgetful.decode(first))
        .isInstanceOf(UnreadableEventException.class)
        .hasRootCauseInstanceOf(org.apache.avro.message.MissingSchemaException.class);
  }

  /// While a newer version of a program is rolled out, the older one reads what it writes.
  @Test
  void a_newer_writer_is_understood_if_its_schema_is_known() {
    var tomorrow =
        AvroBinding.of(
            TOMORROW,
            (MeterRead read) ->
                new GenericRecordBuilder(TOMORROW)
                    .set("meter", read.meter())
                    .set("number", read.number())
                    .set("estimated", read.isEstimated())
                    .set("by", "ann")
                    .build(),
            AvroBindingTest::read);

    assertThat(binding(TOMORROW).read(tomorrow.write(READ))).isEqualTo(READ);
  }

  @Test
  void schemas_that_do_not_resolve_are_refused_at_once() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> binding(OF_HUNDREDS))
        .withMessageContaining("EventTypesBuilder.former");
  }

  @Test
  void layers_go_around_records() {
    var ring = KeyRing.of("2026", new byte[32], new SecureRandom());
    var codec = Encrypted.of(Compressed.of(READINGS).above(0), ring);
    var large = new MeterRead("west".repeat(1_000), 300, true);

    var stored = codec.encode(large);

    assertThat(stored.data().length).isLessThan(500);
    assertThat(codec.decode(Stored.as(stored))).isEqualTo(Decoded.known(large));
  }

  @Test
  void what_is_no_record_is_an_error() {
    var stored = READINGS.encode(READ);
    for (var length = 0; length < stored.data().length + 3; length++) {
      var broken = Stored.as(stored, ContentType.BINARY, Arrays.copyOf(stored.data(), length));
      if (length != stored.data().length) {
        assertThatThrownBy(() -> READINGS.decode(broken))
            .as("%d bytes", length)
            .isInstanceOf(UnreadableEventException.class)
            .hasMessageContaining("MeterRead, version 2");
      }
    }
  }
}
