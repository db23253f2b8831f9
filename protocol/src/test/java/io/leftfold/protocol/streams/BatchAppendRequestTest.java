// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import io.leftfold.protocol.messages.shared.StreamIdentifier;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.wire.InvalidFieldException;
import io.leftfold.protocol.wire.MalformedMessageException;
import io.leftfold.protocol.wire.MissingMetadataPropertyException;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BatchAppendRequestTest {

  private static final String CORRELATION = "A0FFEE00-1234-4abc-8def-fedcba987654";
  private static final UUID ID = UUID.fromString("c0ffee00-1234-4abc-8def-fedcba987654");
  private static final java.time.Duration MOST = java.time.Duration.ofSeconds(2);

  static Stream<Arguments> expectations() {
    var empty = Empty.getDefaultInstance();
    return Stream.of(
        Arguments.of(options(), new WireExpectation.Unset()),
        Arguments.of(options().setStreamPosition(5), new WireExpectation.AtRevision(5)),
        Arguments.of(options().setNoStream(empty), new WireExpectation.NoStream()),
        Arguments.of(options().setAny(empty), new WireExpectation.Any()),
        Arguments.of(options().setStreamExists(empty), new WireExpectation.StreamExists()));
  }

  @ParameterizedTest
  @MethodSource("expectations")
  void a_request_is_read_whole(BatchAppendReq.Options.Builder options, WireExpectation expected) {
    var request =
        read(
            request()
                .setOptions(options)
                .addProposedMessages(proposed("Opened"))
                .addProposedMessages(proposed("Closed"))
                .setIsFinal(true));
    assertThat(request.correlation())
        .isEqualTo(new WireUuid(UUID.fromString(CORRELATION), CORRELATION));
    assertThat(request.options())
        .contains(
            new BatchAppendRequest.Options(
                "account-7", expected, new BatchAppendRequest.Deadline.None()));
    assertThat(request.proposed())
        .extracting(ProposedMessage::type)
        .containsExactly("Opened", "Closed");
    assertThat(request.proposed().getFirst())
        .isEqualTo(new ProposedMessage(ID, "Opened", false, new byte[] {9}, new byte[0]));
    assertThat(request.isFinal()).isTrue();
    assertThat(request.fault()).isEmpty();
  }

  @Test
  void a_part_of_an_append_has_no_options() {
    var request = read(request().addProposedMessages(proposed("Opened")));
    assertThat(request.options()).isEmpty();
    assertThat(request.isFinal()).isFalse();
  }

  @Test
  void a_fault_belongs_to_its_append_alone() {
    var request =
        read(
            request()
                .addProposedMessages(proposed("Opened").removeMetadata("content-type"))
                .addProposedMessages(proposed("Closed"))
                .setIsFinal(true));
    assertThat(request.fault()).containsInstanceOf(MissingMetadataPropertyException.class);
    assertThat(request.proposed()).isEmpty();
    assertThat(request.correlation().text()).isEqualTo(CORRELATION);
    assertThat(request.isFinal()).isTrue();
  }

  @Test
  void of_too_many_events_one_more_than_may_be_is_made() {
    var builder = request().setIsFinal(true);
    for (var i = 0; i < 10; i++) {
      builder.addProposedMessages(proposed("Opened"));
    }
    var bytes = builder.build().toByteArray();
    var request = BatchAppendRequest.read(bytes, 0, bytes.length, 3);
    assertThat(request.proposed()).hasSize(4);
    assertThat(request.isFinal()).isTrue();
  }

  @Test
  void a_stream_name_that_is_not_utf8_is_a_fault() {
    var name = StreamIdentifier.newBuilder().setStreamName(ByteString.copyFrom(new byte[] {-1}));
    var request = read(request().setOptions(options().setStreamIdentifier(name)));
    assertThat(request.fault()).containsInstanceOf(MalformedMessageException.class);
  }

  @Test
  void without_a_correlation_id_nobody_can_be_answered() {
    assertThatThrownBy(() -> read(BatchAppendReq.newBuilder().setIsFinal(true)))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessage("A message of BatchAppend has a correlation_id, but none was sent");
  }

  @ParameterizedTest
  @CsvSource({
    // seconds, nanos, what is left in milliseconds of at most 2,000
    "1, 500000000, 1500",
    "0, 0, 0",
    "-1, 0, -1000",
    "-9223372036854775808, 0, -1000",
    "3, 0, 2000",
    "315576000000, 0, 2000",
    "9223372036854775807, 999999999, 2000",
  })
  void a_duration_of_any_size_is_a_deadline(long seconds, int nanos, long millis) {
    var deadline =
        deadline(options().setDeadline(Duration.newBuilder().setSeconds(seconds).setNanos(nanos)));
    assertThat(deadline).isEqualTo(new BatchAppendRequest.Deadline.Within(seconds, nanos));
    assertThat(deadline.remaining(Instant.EPOCH, MOST).toMillis()).isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({
    "1001, 250000000, 750",
    "1000, 0, -500",
    "0, 0, -1000",
    "-9223372036854775808, 0, -1000",
    "1100, 0, 2000",
    "9223372036854775807, 999999999, 2000",
  })
  void a_time_of_any_size_is_a_deadline(long seconds, int nanos, long millis) {
    var deadline =
        deadline(
            options().setDeadline21100(Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos)));
    assertThat(deadline).isEqualTo(new BatchAppendRequest.Deadline.At(seconds, nanos));
    var now = Instant.ofEpochMilli(1_000_500);
    assertThat(deadline.remaining(now, MOST).toMillis()).isEqualTo(millis);
  }

  @Test
  void without_a_deadline_the_server_decides() {
    assertThat(deadline(options()).remaining(Instant.EPOCH, MOST)).isEqualTo(MOST);
  }

  private static BatchAppendRequest.Deadline deadline(BatchAppendReq.Options.Builder options) {
    return read(request().setOptions(options)).options().orElseThrow().deadline();
  }

  private static BatchAppendRequest read(BatchAppendReq.Builder request) {
    return BatchAppendRequest.read(request.build().toByteArray());
  }

  private static BatchAppendReq.Builder request() {
    return BatchAppendReq.newBuilder()
        .setCorrelationId(
            io.leftfold.protocol.messages.shared.UUID.newBuilder().setString(CORRELATION));
  }

  private static BatchAppendReq.Options.Builder options() {
    return BatchAppendReq.Options.newBuilder()
        .setStreamIdentifier(
            StreamIdentifier.newBuilder().setStreamName(ByteString.copyFromUtf8("account-7")));
  }

  private static BatchAppendReq.ProposedMessage.Builder proposed(String type) {
    return BatchAppendReq.ProposedMessage.newBuilder()
        .setId(io.leftfold.protocol.messages.shared.UUID.newBuilder().setString(ID.toString()))
        .putMetadata("type", type)
        .putMetadata("content-type", "application/octet-stream")
        .setData(ByteString.copyFrom(new byte[] {9}));
  }
}
