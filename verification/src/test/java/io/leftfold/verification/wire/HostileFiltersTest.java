// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.readOfAll;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadReq.Options.FilterOptions;
import io.leftfold.protocol.messages.streams.ReadReq.Options.FilterOptions.Expression;
import io.leftfold.protocol.messages.streams.ReadReq.Options.SubscriptionOptions;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import io.leftfold.verification.running.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Filters that mean harm, over both wires: each is refused or answered, in time, and the server
/// serves everybody else.
@Timeout(60)
final class HostileFiltersTest {

  private static final int NAMES = 12;

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);

  /// Names that make expressions go back and forth.
  @BeforeEach
  void appendLongNames() {
    for (var i = 0; i < NAMES; i++) {
      server
          .store()
          .append(
              StreamName.of("a".repeat(4_000) + i),
              ExpectedState.any(),
              ProposedEvent.json("a".repeat(4_000) + i + "!", "{}"));
    }
  }

  @AfterEach
  void close() {
    wire.close();
    server.close();
  }

  private static ReadReq.Options.Builder byType(String regex) {
    return filtered(
        FilterOptions.newBuilder().setEventType(Expression.newBuilder().setRegex(regex)));
  }

  private static ReadReq.Options.Builder byStream(String regex) {
    return filtered(
        FilterOptions.newBuilder().setStreamIdentifier(Expression.newBuilder().setRegex(regex)));
  }

  private static ReadReq.Options.Builder filtered(FilterOptions.Builder filter) {
    return readOfAll().setFilter(filter.setMax(32).setCheckpointIntervalMultiplier(1));
  }

  private void assertServes() {
    assertThat(wire.read(readOfAll().setCount(1))).hasSize(1);
  }

  static Stream<String> refused() {
    return Stream.of(
        "(",
        "a**",
        "(a)\\1",
        "(?<=a)b",
        "b(?!a)*",
        "((x{1000}){1000}){1000}",
        "(((((x?){99}){99}){99}){99}){99}",
        "(?:(?:a{0,100}){0,100}){0,100}",
        "a{2147483647}",
        "x".repeat(100_000),
        "(".repeat(100_000),
        "(?:a|".repeat(50_000),
        "[[[[".repeat(20_000),
        "\\".repeat(99_999));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void an_expression_that_cannot_be_used_is_an_invalid_argument(String regex) {
    for (var options : List.of(byType(regex), byStream(regex))) {
      var read = wire.refusal(options);
      assertThat(read.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
      assertThat(Wire.text(read)).startsWith("The expression ").contains(" cannot be used: ");

      var subscription =
          wire.refusal(options.setSubscription(SubscriptionOptions.getDefaultInstance()));
      assertThat(subscription.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }
    assertServes();
  }

  static Stream<String> catastrophic() {
    return Stream.of(
        "(a+)+$", "^(a|a)*$", "^(a*)*b", "(.*)(.*)(.*)(.*)(.*)b$", "^(?!(a+)+$)b", "(a?){300}b");
  }

  @ParameterizedTest
  @MethodSource("catastrophic")
  void an_expression_that_would_go_back_and_forth_is_answered(String regex) {
    assertThat(wire.read(byType(regex))).isEmpty();
    assertThat(wire.read(byStream(regex))).isEmpty();
    assertServes();
  }

  @Test
  void others_are_served_while_expensive_expressions_are_looked_for() {
    var greedy = byType("(a?){400}b").setSubscription(SubscriptionOptions.getDefaultInstance());
    for (var i = 0; i < 20; i++) {
      wire.follow(greedy.clone());
    }
    for (var i = 0; i < 20; i++) {
      assertServes();
    }
  }

  /// Messages are made with text only: the text of a whole one is broken afterwards.
  @Test
  void an_expression_that_is_no_text_is_refused() {
    var bytes = Wire.request(byType("aXXXb")).toByteArray();
    var at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("XXX");
    bytes[at] = (byte) 0xc3;

    var method =
        StreamsGrpc.getReadMethod().toBuilder(
                new HostileTest.BytesAsTheyAre(),
                StreamsGrpc.getReadMethod().getResponseMarshaller())
            .build();
    var refusal =
        Wire.refusal(() ->
            ClientCalls.blockingServerStreamingCall(
                    wire.channel(), method, CallOptions.DEFAULT, bytes)
                .forEachRemaining(reply -> assertThat(reply).as("a reply").isNull()));

    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertServes();
  }

  @Test
  void our_own_wire_refuses_and_answers_alike() {
    try (var store =
        RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(server.port()))) {
      refused()
          .forEach(regex -> {
            var filter = new EventFilter.TypeRegex(regex);
            Assertions.assertThatThrownBy(
                    () -> store.readAll(ReadOptions.forwards().filteredBy(filter)).toList())
                .isInstanceOf(IllegalArgumentException.class);
            Assertions.assertThatThrownBy(
                    () -> store.subscribeToAll(SubscribeOptions.fromBeginning().filteredBy(filter)))
                .isInstanceOf(IllegalArgumentException.class);
          });
      catastrophic()
          .map(EventFilter.TypeRegex::new)
          .forEach(filter ->
              assertThat(store.readAll(ReadOptions.forwards().filteredBy(filter)).toList())
                  .isEmpty());
      assertThat(store.lastPosition()).contains((long) NAMES);
    }
  }
}
