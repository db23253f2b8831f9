// SPDX-License-Identifier: Apache-2.0

package io.leftfold.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.leftfold.api.ContentType;
import io.leftfold.api.Tag;
import io.leftfold.codecs.Reading.MeterNotFound;
import io.leftfold.codecs.Reading.MeterRead;
import io.leftfold.codecs.Reading.MeterReadOfThen;
import io.leftfold.codecs.messages.ReadingMessage;
import io.leftfold.codecs.messages.ReadingMessageOfThen;
import io.leftfold.toolkit.BinaryBinding;
import io.leftfold.toolkit.BinaryEvent;
import io.leftfold.toolkit.Compressed;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.Encrypted;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.JsonEvent;
import io.leftfold.toolkit.UnreadableEventException;
import io.leftfold.toolkit.keys.KeyRing;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class ProtobufBindingTest {

  private static final MeterRead READ = new MeterRead("west", 300, true);

  private static final BinaryBinding<MeterRead> BINDING =
      ProtobufBinding.of(
          ReadingMessage.parser(),
          read ->
              ReadingMessage.newBuilder()
                  .setMeter(read.meter())
                  .setNumber(read.number())
                  .setEstimated(read.isEstimated())
                  .build(),
          message ->
              new MeterRead(message.getMeter(), message.getNumber(), message.getEstimated()));

  /// Readings were JSON, then messages in hundreds, and are messages now; the other type is JSON.
  private static final EventTypes<Reading> READINGS =
      EventTypes.of(Reading.class)
          .type("MeterRead", 4, MeterRead.class, BINDING)
          .upcast("MeterRead", 1, json -> json.set("number", json.remove("no")))
          .former(
              "MeterRead",
              2,
              JsonBinding.jackson(MeterReadOfThen.class),
              (old, _) -> List.of(new MeterRead(old.meter(), old.number(), false)))
          .former(
              "MeterRead",
              3,
              ProtobufBinding.of(ReadingMessageOfThen.parser()),
              (old, _) -> List.of(new MeterRead(old.getMeter(), old.getNumber() * 100, false)))
          .type("MeterNotFound", 1, MeterNotFound.class, JsonBinding.jackson(MeterNotFound.class))
          .renamed("Read", "MeterRead")
          .tagged(_ -> List.of(Tag.of("kind", "reading")))
          .build();

  @Test
  void an_event_is_stored_as_a_message_and_read_back() throws Exception {
    var stored = Stored.as(READINGS.encode(READ));

    assertThat(stored.contentType()).isEqualTo(ContentType.BINARY);
    assertThat(stored.metadataAsText()).isEqualTo("{\"schemaVersion\":4,\"format\":\"protobuf\"}");
    assertThat(stored.tags()).containsExactly(Tag.of("kind", "reading"));
    assertThat(ReadingMessage.parseFrom(stored.data()).getMeter()).isEqualTo("west");
    assertThat(READINGS.decode(stored)).isEqualTo(Decoded.known(READ));
  }

  @Test
  void types_of_one_table_are_in_different_formats() {
    var notFound = new MeterNotFound("east");
    var stored = Stored.as(READINGS.encode(notFound));

    assertThat(stored.contentType()).isEqualTo(ContentType.JSON);
    assertThat(READINGS.decode(stored)).isEqualTo(Decoded.known(notFound));
  }

  /// The bytes are what was written once, and are never to be changed here.
  @Test
  void golden_samples_of_all_versions_mean_what_they_meant() {
    var json = JsonMapper.shared().createObjectNode().put("meter", "west");
    var then = HexFormat.of().parseHex("0a04776573741003");
    var now = HexFormat.of().parseHex("0a047765737410ac021801");

    assertThat(
            READINGS.replay(
                List.of(
                    new JsonEvent("MeterRead", 1, json.deepCopy().put("no", 7)),
                    new JsonEvent("Read", 1, json.deepCopy().put("no", 7)),
                    new JsonEvent("MeterRead", 2, json.deepCopy().put("number", 8)),
                    new JsonEvent("Read", 2, json.deepCopy().put("number", 8)),
                    new BinaryEvent("MeterRead", 3, "protobuf", then),
                    new BinaryEvent("Read", 3, "protobuf", then),
                    new BinaryEvent("MeterRead", 4, "protobuf", now),
                    new BinaryEvent("Read", 4, "protobuf", now),
                    new JsonEvent("MeterNotFound", 1, json.deepCopy()))))
        .containsExactly(
            List.of(new MeterRead("west", 7, false)),
            List.of(new MeterRead("west", 7, false)),
            List.of(new MeterRead("west", 8, false)),
            List.of(new MeterRead("west", 8, false)),
            List.of(new MeterRead("west", 300, false)),
            List.of(new MeterRead("west", 300, false)),
            List.of(READ),
            List.of(READ),
            List.of(new MeterNotFound("west")));
    assertThat(BINDING.write(READ)).isEqualTo(now);
  }

  @Test
  void fields_that_were_added_need_no_version() {
    var old =
        ReadingMessageOfThen.newBuilder().setMeter("west").setNumber(300).build().toByteArray();

    assertThat(BINDING.read(old)).isEqualTo(new MeterRead("west", 300, false));
  }

  @Test
  void a_message_that_is_the_event_keeps_what_it_does_not_know() {
    var binding = ProtobufBinding.of(ReadingMessageOfThen.parser());
    var unknown =
        UnknownFieldSet.newBuilder()
            .addField(
                9,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("of a newer writer"))
                    .build())
            .build();
    var newer =
        ReadingMessageOfThen.newBuilder().setMeter("west").setUnknownFields(unknown).build();

    var readAndWritten = binding.write(binding.read(newer.toByteArray()));

    assertThat(readAndWritten).isEqualTo(newer.toByteArray());
  }

  @Test
  void layers_go_around_messages() {
    var ring = KeyRing.of("2026", new byte[32], new SecureRandom());
    var codec = Encrypted.of(Compressed.of(READINGS).above(0), ring);
    var large = new MeterRead("west".repeat(1_000), 300, true);

    var stored = codec.encode(large);

    assertThat(stored.data().length).isLessThan(500);
    assertThat(codec.decode(Stored.as(stored))).isEqualTo(Decoded.known(large));
  }

  @Test
  void what_is_no_message_is_an_error() {
    var stored = READINGS.encode(READ);
    var betweenFields = List.of(0, 6, 9);
    for (var length = 0; length < stored.data().length; length++) {
      var cut = Stored.as(stored, ContentType.BINARY, Arrays.copyOf(stored.data(), length));
      if (betweenFields.contains(length)) {
        assertThat(READINGS.decode(cut)).isInstanceOf(Decoded.Known.class);
      } else {
        assertThatThrownBy(() -> READINGS.decode(cut))
            .isInstanceOf(UnreadableEventException.class)
            .hasMessageContaining("MeterRead, version 4");
      }
    }
  }

  @Test
  void another_format_than_the_version_has_is_an_error() {
    var stored = READINGS.encode(READ);
    var asJson = Stored.as(stored, ContentType.JSON, stored.data());

    assertThatThrownBy(() -> READINGS.decode(asJson))
        .isInstanceOf(UnreadableEventException.class)
        .hasMessageContaining("its data is JSON")
        .hasMessageContaining("another format is another version");
  }
}
