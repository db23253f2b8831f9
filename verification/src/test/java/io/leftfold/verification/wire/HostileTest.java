// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.Wire.EMPTY;
import static io.leftfold.verification.wire.Wire.proposed;
import static io.leftfold.verification.wire.Wire.readOf;
import static io.leftfold.verification.wire.Wire.readOfAll;
import static io.leftfold.verification.wire.Wire.request;
import static io.leftfold.verification.wire.Wire.stream;
import static io.leftfold.verification.wire.Wire.to;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.leftfold.protocol.messages.streams.BatchAppendReq;
import io.leftfold.protocol.messages.streams.DeleteReq;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import io.leftfold.verification.wire.Wire.Replies;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Peers that are broken or mean harm, against a whole server: it answers or closes, says little,
/// keeps nothing, and serves everybody else meanwhile.
///
/// What the edge alone does with them is tested in the server.
final class HostileTest {

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
  private static final long SEED = 7;

  /// For calls that have no end, to be refused if they are to be.
  private static final Duration LONG_ENOUGH = Duration.ofMillis(300);

  private static final long HEAP_GROWTH_MAX = 128L << 20;

  /// The edge writes so many lines in ten seconds, and one about those that it left out.
  private static final int LINES_MAX_IN_TEN_SECONDS = 21;

  private static final List<String> METHODS =
      List.of(
          "event_store.client.streams.Streams/Read",
          "event_store.client.streams.Streams/Append",
          "event_store.client.streams.Streams/BatchAppend",
          "event_store.client.streams.Streams/Delete",
          "event_store.client.streams.Streams/Tombstone",
          "event_store.client.server_features.ServerFeatures/GetSupportedMethods",
          "event_store.client.gossip.Gossip/Read");

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);
  private final Random random = new Random(SEED);
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

  private long begun;
  private long heapBefore;
  private int appended;

  @BeforeEach
  void begin() {
    assertServes();
    heapBefore = usedHeap();
    begun = System.nanoTime();
    Logger.getLogger("").addHandler(log);
  }

  @AfterEach
  void end() {
    Logger.getLogger("").removeHandler(log);
    wire.close();
    server.close();
  }

  private static long usedHeap() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// An honest client is served.
  private void assertServes() {
    var revision = wire.append("honest", "A").getSuccess().getCurrentRevision();
    assertThat(revision).isEqualTo(appended++);
  }

  /// Nothing is left of the others, and little was said about them.
  private void assertCalm() {
    assertServes();
    Await.until(
        () -> "no call left, there are " + server.openCalls(), () -> server.openCalls() == 0);
    Await.until(
        () -> "one connection left, there are " + server.connections(),
        () -> server.connections() <= 1);
    var tenSeconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun) / 10 + 2;
    assertThat(logged)
        .as("what was logged")
        .hasSizeLessThanOrEqualTo(Math.toIntExact(tenSeconds * LINES_MAX_IN_TEN_SECONDS))
        .allSatisfy(record -> assertThat(record.getThrown()).as(record.getMessage()).isNull());
    assertThat(usedHeap() - heapBefore).as("growth of the heap").isLessThan(HEAP_GROWTH_MAX);
  }

  private Socket connect() {
    try {
      return new Socket(InetAddress.getLoopbackAddress(), server.port());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends bytes and nothing more, and hears what comes until the server closes.
  private void provoke(byte[]... parts) {
    try (var socket = connect()) {
      socket.setSoTimeout(Math.toIntExact(Await.LIMIT.toMillis()));
      var out = socket.getOutputStream();
      for (var part : parts) {
        out.write(part);
      }
      socket.shutdownOutput();
      socket.getInputStream().transferTo(new ByteArrayOutputStream());
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("The server neither answered nor closed", e);
    } catch (IOException _) {
      // Cut off: that is an answer too.
    }
  }

  // ---- bytes

  @Test
  void random_bytes_are_answered_or_cut_off() {
    for (var i = 0; i < 500; i++) {
      var garbage = new byte[1 + random.nextInt(3_000)];
      random.nextBytes(garbage);
      if (i % 3 == 0) {
        provoke(garbage);
      } else {
        provoke(PREFACE, i % 3 == 1 ? SETTINGS : new byte[0], garbage);
      }
      if (i % 50 == 0) {
        assertServes();
      }
    }
    assertCalm();
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return frame(payload.length, type, flags, stream, payload);
  }

  private static byte[] frame(int length, int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (length >>> 16))
        .putShort((short) length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /// The headers of a call, spelled out.
  private static byte[] headers(String path) {
    var block = new ByteArrayOutputStream();
    for (var header :
        List.of(
            List.of(":method", "POST"),
            List.of(":scheme", "http"),
            List.of(":path", "/" + path),
            List.of(":authority", "localhost"),
            List.of("content-type", "application/grpc"),
            List.of("te", "trailers"))) {
      block.write(0);
      for (var text : header) {
        block.write(text.length());
        block.writeBytes(text.getBytes(US_ASCII));
      }
    }
    return block.toByteArray();
  }

  private static byte[] message(int announced, byte[] bytes) {
    return ByteBuffer.allocate(5 + bytes.length).put((byte) 0).putInt(announced).put(bytes).array();
  }

  @Test
  void frames_that_are_cut_or_lie_about_their_length_are_the_end_of_their_sender_alone() {
    for (var method : METHODS) {
      var open = frame(1, 4, 1, headers(method));
      for (var data :
          List.of(
              frame(0, 0, 1, message(100, new byte[10])),
              frame(0, 1, 1, message(100, new byte[10])),
              frame(0, 1, 1, new byte[] {0, 0}),
              frame(0, 0, 1, message(-1, new byte[100])),
              frame(0, 0, 1, message(Integer.MAX_VALUE, new byte[100])),
              frame(0, 0, 1, message(1 << 30, new byte[16_000])),
              frame(0, 0, 1, new byte[] {1, 0, 0, 0, 1, 7}),
              frame(0, 0, 1, new byte[] {9, 0, 0, 0, 1, 7}),
              frame(1 << 23, 0, 0, 1, new byte[1_000]),
              frame(0, 0, 3, message(5, new byte[5])),
              frame(5, 0, 1, new byte[5]),
              frame(3, 0, 1, new byte[4]))) {
        provoke(PREFACE, SETTINGS, open, data);
        provoke(PREFACE, SETTINGS, open, Arrays.copyOf(data, data.length / 2));
      }
      provoke(PREFACE, SETTINGS, Arrays.copyOf(open, open.length - 3));
      assertServes();
    }
    assertCalm();
  }

  // ---- messages

  record BytesAsTheyAre() implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Replies<byte[], byte[]> call(String method, List<byte[]> messages) {
    var descriptor =
        MethodDescriptor.newBuilder(new BytesAsTheyAre(), new BytesAsTheyAre())
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(method)
            .build();
    var replies = new Replies<byte[], byte[]>();
    var requests =
        ClientCalls.asyncBidiStreamingCall(
            wire.channel()
                .newCall(
                    descriptor,
                    CallOptions.DEFAULT.withDeadlineAfter(
                        isWithoutEnd(method) ? LONG_ENOUGH : Await.LIMIT)),
            replies);
    messages.forEach(requests::onNext);
    requests.onCompleted();
    return replies;
  }

  /// Subscriptions wait for events, and parts of batch appends for the others.
  private static boolean isWithoutEnd(String method) {
    return method.endsWith("/Read") || method.endsWith("/BatchAppend");
  }

  private static List<byte[]> messages() {
    var correlation = Wire.text(java.util.UUID.randomUUID());
    return List.of(
        request(readOf("s")).toByteArray(),
        request(readOfAll().setSubscription(ReadReq.Options.SubscriptionOptions.newBuilder()))
            .toByteArray(),
        request(to("s").setAny(EMPTY)).toByteArray(),
        request(proposed("A")).toByteArray(),
        BatchAppendReq.newBuilder()
            .setCorrelationId(correlation)
            .setOptions(
                BatchAppendReq.Options.newBuilder()
                    .setStreamIdentifier(stream("s"))
                    .setAny(com.google.protobuf.Empty.getDefaultInstance()))
            .setIsFinal(true)
            .build()
            .toByteArray(),
        DeleteReq.newBuilder()
            .setOptions(
                DeleteReq.Options.newBuilder().setStreamIdentifier(stream("s")).setAny(EMPTY))
            .build()
            .toByteArray());
  }

  @Test
  void messages_that_are_no_protobuf_or_another_one_are_refused_by_their_call_alone() {
    var valid = messages();
    for (var round = 0; round < 20; round++) {
      var calls = new ArrayList<Replies<byte[], byte[]>>();
      for (var method : METHODS) {
        var garbage = new byte[random.nextInt(300)];
        random.nextBytes(garbage);
        var damaged = valid.get(random.nextInt(valid.size())).clone();
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        calls.add(call(method, List.of(garbage)));
        calls.add(call(method, List.of(damaged, damaged)));
        calls.add(
            call(
                method,
                List.of(valid.get(random.nextInt(valid.size())), damaged, garbage, new byte[0])));
        calls.add(call(method, List.of()));
      }
      for (var i = 0; i < calls.size(); i++) {
        var end = Await.result(calls.get(i).end);
        if (!isWithoutEnd(METHODS.get(i / 4))) {
          assertThat(end.getCode()).isNotEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
      }
      assertServes();
    }
    assertCalm();
  }

  // ---- connections

  @Test
  void a_thousand_half_open_connections_keep_nobody_out() throws Exception {
    var half = new ArrayList<Socket>();
    for (var i = 0; i < 1_000; i++) {
      var socket = connect();
      half.add(socket);
      switch (i % 4) {
        case 0 -> {}
        case 1 -> socket.getOutputStream().write(PREFACE, 0, 1 + random.nextInt(20));
        case 2 -> socket.getOutputStream().write("GET /info HTTP/1.1\r\nHost: ".getBytes(US_ASCII));
        default -> {
          socket.getOutputStream().write(PREFACE);
          socket.getOutputStream().write(SETTINGS);
        }
      }
    }
    Await.until(
        () -> "a thousand connections, there are " + server.connections(),
        () -> server.connections() >= 1_000);
    for (var i = 0; i < 50; i++) {
      assertServes();
    }

    for (var socket : half) {
      socket.close();
    }

    assertCalm();
  }

  @Test
  void connections_that_are_reset_in_the_middle_of_an_append_append_nothing() throws Exception {
    var options = request(to("reset").setAny(EMPTY)).toByteArray();
    var event = request(proposed("A")).toByteArray();
    for (var i = 0; i < 300; i++) {
      var socket = connect();
      // Closed with a reset instead of a farewell.
      socket.setSoLinger(true, 0);
      var out = socket.getOutputStream();
      out.write(PREFACE);
      out.write(SETTINGS);
      out.write(frame(1, 4, 1, headers("event_store.client.streams.Streams/Append")));
      out.write(frame(0, 0, 1, message(options.length, options)));
      var cut = message(event.length, event);
      out.write(frame(0, 0, 1, i % 2 == 0 ? cut : Arrays.copyOf(cut, random.nextInt(cut.length))));
      socket.close();
      if (i % 50 == 0) {
        assertServes();
      }
    }
    assertCalm();
    assertThat(wire.read(readOf("reset")).getFirst().hasStreamNotFound()).isTrue();
  }

  @Test
  void ten_thousand_connections_come_and_go() throws Exception {
    for (var i = 0; i < 10_000; i++) {
      try (var socket = connect()) {
        if (i % 10 == 0) {
          socket.getOutputStream().write(PREFACE);
        }
        // Not one of the few ports of this machine is to wait for stragglers.
        socket.setSoLinger(true, 0);
      }
      if (i % 1_000 == 0) {
        assertServes();
      }
    }
    assertCalm();
  }

  @Test
  void calls_that_are_cancelled_at_once_leave_nothing_behind() {
    for (var i = 0; i < 2_000; i++) {
      var replies =
          wire.follow(
              readOfAll()
                  .setSubscription(ReadReq.Options.SubscriptionOptions.getDefaultInstance()));
      replies.call().cancel("enough", null);
      if (i % 500 == 0) {
        assertServes();
      }
    }
    assertCalm();
  }
}
