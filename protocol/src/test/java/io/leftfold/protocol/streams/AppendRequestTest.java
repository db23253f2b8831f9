// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.shared.UUID.Structured;
import io.leftfold.protocol.messages.streams.AppendReq;
import io.leftfold.protocol.wire.InvalidFieldException;
import io.leftfold.protocol.wire.MalformedMessageException;
import io.leftfold.protocol.wire.MissingMetadataPropertyException;
import io.leftfold.protocol.wire.WireException;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppendRequestTest {

  private static final UUID ID = UUID.fromString("c0ffee00-1234-4abc-8def-fedcba987654");

  static Stream<Arguments> expectations() {
    var empty = Empty.getDefaultInstance();
    return Stream.of(
        Arguments.of(AppendReq.Options.newBuilder(), new WireExpectation.Unset()),
        Arguments.of(
            AppendReq.Options.newBuilder().setRevision(0), new WireExpectation.AtRevision(0)),
        Arguments.of(
            AppendReq.Options.newBuilder().setRevision(-1), new WireExpectation.AtRevision(-1)),
        Arguments.of(
            AppendReq.Options.newBuilder().setNoStream(empty), new WireExpectation.NoStream()),
        Arguments.of(AppendReq.Options.newBuilder().setAny(empty), new WireExpectation.Any()),
        Arguments.of(
            AppendReq.Options.newBuilder().setStreamExists(empty),
            new WireExpectation.StreamExists()));
  }

  @ParameterizedTest
  @MethodSource("expectations")
  void options_carry_the_stream_and_each_expectation(
      AppendReq.Options.Builder options, WireExpectation expected) {
    options.setStreamIdentifier(
        StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8("konto-ä")));
    var bytes = AppendReq.newBuilder().setOptions(options).build().toByteArray();
    assertThat(AppendRequest.read(bytes)).isEqualTo(new AppendRequest.Options("konto-ä", expected));
  }

  @Test
  void options_without_a_stream_say_so() {
    var bytes = AppendReq.newBuilder().setOptions(AppendReq.Options.getDefaultInstance()).build();
    assertThat(AppendRequest.read(bytes.toByteArray()))
        .isEqualTo(new AppendRequest.Options(null, new WireExpectation.Unset()));
  }

  @Test
  void a_message_without_content_is_nothing() {
    assertThat(AppendRequest.read(new byte[0])).isEqualTo(new AppendRequest.Nothing());
  }

  @Test
  void a_proposed_message_is_read_whole() {
    var bytes = request(proposed().setId(structured(ID)));
    assertThat(AppendRequest.read(bytes))
        .isEqualTo(
            new AppendRequest.Proposed(
                new ProposedMessage(ID, "Opened", true, new byte[] {1, 2, 3}, new byte[] {4, 5})));
  }

  @Test
  void a_message_may_lie_within_an_array() {
    var bytes = request(proposed());
    var around = new byte[bytes.length + 20];
    Arrays.fill(around, (byte) 0xff);
    System.arraycopy(bytes, 0, around, 7, bytes.length);
    assertThat(AppendRequest.read(around, 7, bytes.length)).isEqualTo(AppendRequest.read(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c0ffee00-1234-4abc-8def-fedcba987654",
        "C0FFEE00-1234-4ABC-8DEF-FEDCBA987654",
        "c0ffee0012344abc8deffedcba987654"
      })
  void an_id_may_be_text(String text) {
    assertThat(read(proposed().setId(uuid().setString(text))).id()).isEqualTo(ID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1-1-1-1-1",
        "c0ffee00-1234-4abc-8def-fedcba98765",
        "c0ffee00-1234-4abc-8def-fedcba98765x",
        "c0ffee00+1234-4abc-8def-fedcba987654",
        "c0ffee0012344abc8deffedcba98765٣"
      })
  void an_id_that_is_no_uuid_is_refused(String text) {
    assertThatThrownBy(() -> read(proposed().setId(uuid().setString(text))))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessage("\"id\" is a UUID of 32 hexadecimal digits, got \"%s\"", text);
  }

  @Test
  void a_message_without_an_id_is_refused() {
    assertThatThrownBy(() -> read(proposed().clearId())).isInstanceOf(InvalidFieldException.class);
    assertThatThrownBy(() -> read(proposed().setId(uuid())))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessage("\"id\" is a UUID, but neither its text nor its numbers were sent");
  }

  @Test
  void a_nil_id_is_read_for_the_server_to_refuse() {
    assertThat(read(proposed().setId(uuid().setStructured(Structured.getDefaultInstance()))).id())
        .isEqualTo(new UUID(0, 0));
  }

  @Test
  void a_missing_property_is_named() {
    assertThatThrownBy(() -> read(proposed().removeMetadata("type")))
        .isInstanceOf(MissingMetadataPropertyException.class)
        .hasMessage("Required Metadata Property 'type' is missing");
    assertThatThrownBy(() -> read(proposed().removeMetadata("content-type")))
        .isInstanceOf(MissingMetadataPropertyException.class)
        .hasMessage("Required Metadata Property 'content-type' is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/octet-stream", "application/JSON", "application/json; x=y", ""})
  void only_the_exact_media_type_is_json(String contentType) {
    assertThat(read(proposed().putMetadata("content-type", contentType)).json()).isFalse();
  }

  @Test
  void properties_of_other_names_mean_nothing() {
    var message =
        read(proposed().putMetadata("typ", "x").putMetadata("content-type-2", "application/json"));
    assertThat(message.type()).isEqualTo("Opened");
  }

  @Test
  void an_event_may_be_empty() {
    var message = read(proposed().clearData().clearCustomMetadata().putMetadata("type", ""));
    assertThat(message.data()).isEmpty();
    assertThat(message.customMetadata()).isEmpty();
    assertThat(message.type()).isEmpty();
    assertThat(message.size()).isZero();
  }

  @Test
  void the_size_counts_data_metadata_and_twice_the_type() {
    assertThat(read(proposed()).size()).isEqualTo(3 + 2 + 12);
  }

  @Test
  void unknown_fields_are_skipped_everywhere() {
    var unknown =
        UnknownFieldSet.newBuilder()
            .addField(50, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
            .addField(
                51,
                UnknownFieldSet.Field.newBuilder()
                    .addLengthDelimited(ByteString.copyFromUtf8("later"))
                    .build())
            .addField(52, UnknownFieldSet.Field.newBuilder().addFixed32(1).addFixed64(2).build())
            .build();
    var options =
        AppendReq.newBuilder()
            .setUnknownFields(unknown)
            .setOptions(
                AppendReq.Options.newBuilder()
                    .setUnknownFields(unknown)
                    .setAny(Empty.newBuilder().setUnknownFields(unknown))
                    .setStreamIdentifier(
                        StreamIdentifier.newBuilder()
                            .setUnknownFields(unknown)
                            .setStreamName(ByteString.copyFromUtf8("s"))));
    assertThat(AppendRequest.read(options.build().toByteArray()))
        .isEqualTo(new AppendRequest.Options("s", new WireExpectation.Any()));

    var id =
        uuid()
            .setUnknownFields(unknown)
            .setStructured(
                Structured.newBuilder()
                    .setUnknownFields(unknown)
                    .setMostSignificantBits(ID.getMostSignificantBits())
                    .setLeastSignificantBits(ID.getLeastSignificantBits()));
    assertThat(read(proposed().setUnknownFields(unknown).setId(id)))
        .isEqualTo(read(proposed().setId(structured(ID))));
  }

  @Test
  void every_way_of_cutting_a_message_short_is_refused_or_makes_sense() {
    var bytes = request(proposed());
    for (var length = 1; length < bytes.length; length++) {
      var cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> AppendRequest.read(cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void flipped_bits_are_read_or_refused_and_nothing_else() {
    var random = new Random(7);
    var bytes = request(proposed());
    for (var i = 0; i < 50_000; i++) {
      var flipped = bytes.clone();
      for (var n = random.nextInt(3); n >= 0; n--) {
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        assertThat(AppendRequest.read(flipped)).isNotNull();
      } catch (WireException e) {
        assertThat(e.getStackTrace()).isEmpty();
      }
    }
  }

  private static ProposedMessage read(AppendReq.ProposedMessage.Builder message) {
    return ((AppendRequest.Proposed) AppendRequest.read(request(message))).message();
  }

  private static byte[] request(AppendReq.ProposedMessage.Builder message) {
    return AppendReq.newBuilder().setProposedMessage(message).build().toByteArray();
  }

  private static AppendReq.ProposedMessage.Builder proposed() {
    return AppendReq.ProposedMessage.newBuilder()
        .setId(structured(ID))
        .putMetadata("type", "Opened")
        .putMetadata("content-type", "application/json")
        .setData(ByteString.copyFrom(new byte[] {1, 2, 3}))
        .setCustomMetadata(ByteString.copyFrom(new byte[] {4, 5}));
  }

  private static io.leftfold.protocol.messages.shared.UUID.Builder uuid() {
    return io.leftfold.protocol.messages.shared.UUID.newBuilder();
  }

  private static io.leftfold.protocol.messages.shared.UUID structured(UUID id) {
    return uuid()
        .setStructured(
            Structured.newBuilder()
                .setMostSignificantBits(id.getMostSignificantBits())
                .setLeastSignificantBits(id.getLeastSignificantBits()))
        .build();
  }
}
