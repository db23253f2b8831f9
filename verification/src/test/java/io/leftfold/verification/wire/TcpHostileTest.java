// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.TcpPeer.BAD_REQUEST;
import static io.leftfold.verification.wire.TcpPeer.event;
import static io.leftfold.verification.wire.TcpPeer.stream;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.tcp.OperationResult;
import io.leftfold.protocol.messages.tcp.ReadStreamEvents;
import io.leftfold.protocol.messages.tcp.SubscribeToStream;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.protocol.messages.tcp.WriteEventsCompleted;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Peers of the old TCP protocol that are broken or mean harm: each is told why and closed, or told
/// why; no stack trace is logged, others are served, and what was acknowledged is there.
final class TcpHostileTest {

  private static final int PACKAGE_BYTES_MAX = 64 * 1024 * 1024;
  private static final long SEED = 7;

  private final TestServer server =
      TestServer.withTcp(
          LocalEventStore.inMemory(),
          TestServer.TCP.withHeartbeats(Duration.ofMillis(300), Duration.ofMillis(300)));
  private final ConcurrentLinkedQueue<LogRecord> logged = new ConcurrentLinkedQueue<>();
  private final Handler log =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel().intValue() >= Level.INFO.intValue()) {
            logged.add(record);
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  private int acknowledged;

  @BeforeEach
  void begin() throws Exception {
    Logger.getLogger("").addHandler(log);
    assertServes();
  }

  /// An honest peer is served, and whatever it was told of is there.
  private void assertServes() throws Exception {
    try (var honest = new TcpPeer(server.tcpPort())) {
      var answer = WriteEventsCompleted.parseFrom(honest.ask(0x82, write(16), 0x83));
      assertThat(answer.getResult()).isEqualTo(OperationResult.Success);
      acknowledged++;
    }
    try (var read = server.store().read(StreamName.of("honest"), ReadOptions.forwards())) {
      assertThat(read.events()).hasSize(acknowledged);
    }
  }

  @AfterEach
  void end() throws Exception {
    assertServes();
    Await.until(
        () -> "no connection left, there are " + server.connections(),
        () -> server.connections() == 0);
    Logger.getLogger("").removeHandler(log);
    server.close();
    assertThat(logged)
        .allSatisfy(record -> assertThat(record.getThrown()).as(record.getMessage()).isNull());
  }

  private static WriteEvents write(int bytes) {
    return WriteEvents.newBuilder()
        .setEventStreamId(stream("honest"))
        .setExpectedVersion(-2)
        .addEvents(
            event(UUID.randomUUID(), "T", "{}").toBuilder()
                .setData(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  private void assertToldAndClosed(TcpPeer peer, String... words) throws IOException {
    var told = peer.next();
    assertThat(told.command()).isEqualTo(BAD_REQUEST);
    assertThat(told.text()).contains(words);
    assertThat(peer.tryNext()).as("after a broken frame").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, PACKAGE_BYTES_MAX + 1, Integer.MAX_VALUE})
  void a_length_that_cannot_be_is_told_and_closed(int length) throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      peer.sendFrame(length);

      assertToldAndClosed(peer, "Invalid TCP frame received");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 17})
  void a_package_that_ends_within_its_head_is_told_and_closed(int length) throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      peer.sendFrame(length, new byte[length]);

      assertToldAndClosed(peer, "18 bytes");
    }
  }

  @Test
  void a_trusted_write_is_told_and_closed() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      peer.send(0x82, 2, 1, write(1).toByteArray());

      assertToldAndClosed(peer, "Trusted writes");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7f",
        "0161",
        "016101",
        "05616263",
        "7f61",
        "01617f62",
        "0161fe",
        "0080",
        "ff7f",
        "00ff"
      })
  void credentials_that_end_within_themselves_are_told_and_closed(String hex) throws Exception {
    var bytes = HexFormat.of().parseHex(hex);
    try (var peer = new TcpPeer(server.tcpPort())) {
      var head = new byte[18 + bytes.length];
      head[0] = (byte) 0xF2;
      head[1] = 1;
      System.arraycopy(bytes, 0, head, 18, bytes.length);
      peer.sendFrame(head.length, head);

      var told = peer.next();
      if (told.command() == BAD_REQUEST) {
        assertThat(told.text()).contains("ends");
        assertThat(peer.tryNext()).isEmpty();
      } else {
        assertThat(told.command()).as("whole after all").isEqualTo(0xF3);
      }
    }
  }

  @Test
  void commands_that_nobody_knows_are_told_and_the_connection_goes_on() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      for (var command : new int[] {0x00, 0x05, 0x12, 0x14, 0x83, 0xBD, 0xC1, 0xE0, 0xF7, 0xFF}) {
        var told = peer.ask(command);
        assertThat(told.command()).isEqualTo(BAD_REQUEST);
        assertThat(told.text())
            .startsWith("Could not unwrap network package for command 0x%02X.".formatted(command));
      }
      assertThat(peer.ask(0x03).command()).isEqualTo(0x04);
    }
  }

  @Test
  void garbage_in_place_of_a_message_is_told_and_the_connection_goes_on() throws Exception {
    var random = new Random(SEED);
    var commands =
        new int[] {
          0x82, 0x84, 0x86, 0x88, 0x8A, 0x8C, 0xB0, 0xB2, 0xB4, 0xB6, 0xB8, 0xBA, 0xBC, 0xC5, 0xC8,
          0xCA, 0xCE, 0xD2, 0xF5
        };
    try (var peer = new TcpPeer(server.tcpPort())) {
      for (var round = 0; round < 40; round++) {
        for (var command : commands) {
          var garbage = new byte[1 + random.nextInt(200)];
          random.nextBytes(garbage);
          assertThat(peer.ask(command, garbage).command()).isNotEqualTo(0xC2);
        }
      }
      assertThat(peer.ask(0x82, new byte[] {(byte) 0xff}).command()).isEqualTo(BAD_REQUEST);
    }
    assertThat(logged).isEmpty();
  }

  @Test
  void random_bytes_end_in_a_closed_connection() throws Exception {
    var random = new Random(SEED);
    for (var round = 0; round < 50; round++) {
      try (var peer = new TcpPeer(server.tcpPort())) {
        var bytes = new byte[64 + random.nextInt(4000)];
        random.nextBytes(bytes);
        try {
          peer.sendBytes(bytes);
        } catch (IOException _) {
          // Closed already.
        }
        peer.playDead();
        for (var got = peer.tryNext(); got.isPresent(); ) {
          got = peer.tryNext();
        }
      }
    }
  }

  @Test
  void who_does_not_answer_heartbeats_is_closed_and_who_does_is_not() throws Exception {
    try (var dead = new TcpPeer(server.tcpPort());
        var alive = new TcpPeer(server.tcpPort())) {
      alive.send(
          0xC0, SubscribeToStream.newBuilder().setEventStreamId(stream("x")).build().toByteArray());
      assertThat(alive.next().command()).isEqualTo(0xC1);
      dead.playDead();
      assertThat(dead.tryNext()).isEmpty();

      // It has been asked as well by now, and answers while it waits.
      try (var writer = new TcpPeer(server.tcpPort())) {
        writer.ask(0x82, write(1).toBuilder().setEventStreamId(stream("x")).build(), 0x83);
      }
      assertThat(alive.next().command()).isEqualTo(0xC2);
    }
    assertThat(logged)
        .anySatisfy(record -> assertThat(text(record)).contains("not answered a heartbeat"));
  }

  private static String text(LogRecord record) {
    return MessageFormat.format(
        record.getMessage(),
        record.getParameters() == null ? new Object[0] : record.getParameters());
  }

  @Test
  void who_asks_for_much_and_takes_nothing_costs_no_more_than_it_may_and_is_closed()
      throws Exception {
    try (var writer = new TcpPeer(server.tcpPort())) {
      for (var i = 0; i < 16; i++) {
        writer.ask(
            0x82, write(1 << 20).toBuilder().setEventStreamId(stream("large")).build(), 0x83);
      }
    }
    try (var greedy = new TcpPeer(server.tcpPort())) {
      var page =
          ReadStreamEvents.newBuilder()
              .setEventStreamId(stream("large"))
              .setMaxCount(4096)
              .build()
              .toByteArray();
      var asked = 0;
      try {
        while (asked < 200_000) {
          greedy.send(0xB2, page);
          asked++;
        }
      } catch (IOException _) {
        // Closed: it has not answered heartbeats.
      }
      assertServes();
    }
  }

  @Test
  void a_frame_that_comes_in_single_bytes_is_taken_like_any_other() throws Exception {
    var message = write(10).toByteArray();
    var bytes =
        ByteBuffer.allocate(18 + message.length).put((byte) 0x82).position(18).put(message).array();
    try (var peer = new TcpPeer(server.tcpPort())) {
      peer.sendBytes((byte) bytes.length, (byte) 0, (byte) 0, (byte) 0);
      for (var b : bytes) {
        peer.sendBytes(b);
      }
      assertThat(peer.next().command()).isEqualTo(0x83);
      acknowledged++;
    }
  }

  /// Two bytes each, of which objects of fifty are made; nobody has to say who they are for it.
  @ParameterizedTest
  @CsvSource({
    "0x82, 1a00, an event without anything",
    "0x82, 7801, a field that nobody knows",
    "0x86, 1200, an event without anything",
    "0x8C, 0a00, a stream without a name",
    "0x8C, 1000, a version",
    "0xCC, 1200, an id without bytes",
    "0xCD, 1200, an id without bytes",
    "0xC0, 7801, a field that nobody knows",
    "0xF5, 7801, a field that nobody knows"
  })
  void very_many_parts_are_not_made_objects_of(String command, String part, String what)
      throws Exception {
    var message = HexFormat.of().parseHex(part.repeat(1_000_000));
    try (var peer = new TcpPeer(server.tcpPort())) {
      var told = peer.ask(Integer.decode(command), message);
      assertThat(told.command()).as(what).isEqualTo(BAD_REQUEST);
      assertThat(told.text()).contains("at most");
      assertThat(peer.ask(0x03).command()).isEqualTo(0x04);
    }
  }

  @Test
  void parts_of_an_event_and_packed_numbers_are_parts_too() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var inEvent = HexFormat.of().parseHex("1a80897a" + "7801".repeat(1_000_000));
      assertThat(peer.ask(0x82, inEvent).text()).contains("parts");
      var packed = HexFormat.of().parseHex("2280ade204" + "01".repeat(10_000_000));
      assertThat(peer.ask(0x8C, packed).text()).contains("parts");
    }
  }

  @Test
  void what_is_too_large_for_an_append_is_told_and_the_connection_goes_on() throws Exception {
    try (var peer = new TcpPeer(server.tcpPort())) {
      var told = peer.ask(0x82, write((16 << 20) + 1));
      assertThat(told.command()).isEqualTo(BAD_REQUEST);
      assertThat(told.text()).contains("at most");
      assertThat(peer.ask(0x03).command()).isEqualTo(0x04);
    }
  }
}
