// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Peers that mean harm, or know no better. The edge answers or closes, says so in a line, and goes
/// on.
@Timeout(120)
class EdgeHostileTest {

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  /// To the settings of the edge, which say how wide windows are.
  private static final byte[] AGREED = {0, 0, 0, 4, 1, 0, 0, 0, 0};

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final KeepAlive RARELY = new KeepAlive(LONG, LONG);
  private static final int MIB = 1024 * 1024;
  private static final int FRAMES = 500_000;
  private static final byte[] ANSWER = new byte[100_000];
  private static final EdgeLimits LIMITS =
      EdgeOptions.defaults().limits().withAnswers(16 * MIB, 2 * MIB);

  private final LogCapture log = new LogCapture();
  private final List<Socket> sockets = new ArrayList<>();
  private final AtomicInteger begun = new AtomicInteger();
  private Edge edge;

  @BeforeEach
  void listen() throws IOException {
    listen(EdgeOptions.defaults().withLimits(LIMITS));
  }

  @AfterEach
  void close() throws IOException {
    for (var socket : sockets) {
      socket.close();
    }
    edge.close(Duration.ZERO);
    log.close();
  }

  private void listenAgain(EdgeOptions options) throws IOException {
    edge.close(Duration.ZERO);
    listen(options);
  }

  private void listen(EdgeOptions options) throws IOException {
    edge =
        Edge.start(
            options.withAddress("127.0.0.1", 0).withEventLoops(2),
            Map.of(
                "/test.Test/Hanging",
                this::hanging,
                "/test.Test/Paused",
                this::paused,
                "/test.Test/Answer",
                this::answering),
            http -> {
              http.get("/ping").handler(context -> context.end("pong"));
              http.get("/late")
                  .handler(context -> context.vertx().setTimer(600, _ -> context.end("late")));
            });
  }

  private GrpcListener hanging(GrpcCall call) {
    begun.incrementAndGet();
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {}

      @Override
      public void halfClosed() {}
    };
  }

  private GrpcListener paused(GrpcCall call) {
    call.pause();
    return hanging(call);
  }

  private GrpcListener answering(GrpcCall call) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {}

      @Override
      public void halfClosed() {
        call.sendLast(ANSWER, 0, ANSWER.length);
        begun.incrementAndGet();
      }
    };
  }

  @Test
  void random_bytes_are_answered_or_cut_off() throws Exception {
    var random = new Random(1);
    for (var i = 0; i < 300; i++) {
      var garbage = new byte[1 + random.nextInt(2000)];
      random.nextBytes(garbage);
      provoke(garbage);
    }
    assertAliveAndCalm();
  }

  @Test
  void random_bytes_after_the_preface_are_cut_off() throws Exception {
    var random = new Random(2);
    for (var i = 0; i < 300; i++) {
      var garbage = new byte[1 + random.nextInt(2000)];
      random.nextBytes(garbage);
      provoke(join(PREFACE, i % 2 == 0 ? EMPTY_SETTINGS : new byte[0], garbage));
    }
    assertAliveAndCalm();
  }

  @Test
  void frames_of_every_type_with_random_contents_do_no_harm() throws Exception {
    var random = new Random(3);
    for (var i = 0; i < 600; i++) {
      var bytes = new ByteArrayOutputStream();
      bytes.writeBytes(PREFACE);
      bytes.writeBytes(EMPTY_SETTINGS);
      for (var n = 0; n < 5; n++) {
        var payload = new byte[random.nextInt(60)];
        random.nextBytes(payload);
        bytes.writeBytes(
            frame(random.nextInt(12), random.nextInt(256), 1 + 2 * random.nextInt(3), payload));
      }
      provoke(bytes.toByteArray());
    }
    assertAliveAndCalm();
  }

  @Test
  void headers_without_end_are_cut_off() throws Exception {
    // A header of 60,000 bytes, in HTTP/1.1.
    provoke(
        ("GET /ping HTTP/1.1\r\nhost: x\r\nlong: " + "x".repeat(60_000) + "\r\n\r\n")
            .getBytes(US_ASCII));
    // 20,000 CONTINUATION frames after HEADERS, in HTTP/2.
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(PREFACE);
    bytes.writeBytes(EMPTY_SETTINGS);
    bytes.writeBytes(frame(1, 0, 1, new byte[0]));
    for (var i = 0; i < 20_000; i++) {
      bytes.writeBytes(frame(9, 0, 1, new byte[0]));
    }
    assertThat(provoke(bytes.toByteArray())).isTrue();
    assertAliveAndCalm();
  }

  @Test
  void connections_that_say_nothing_are_closed_in_time() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(Duration.ofMillis(300), RARELY));
    for (var i = 0; i < 1000; i++) {
      var socket = connect();
      switch (i % 4) {
        case 0 -> {}
        case 1 -> socket.getOutputStream().write("GET /pi".getBytes(US_ASCII));
        case 2 -> socket.getOutputStream().write(PREFACE, 0, 10);
        default -> socket.getOutputStream().write(PREFACE);
      }
    }
    assertThat(ping()).isEqualTo("pong");
    await(() -> edge.connections() == 0);
    assertThat(log.lines())
        .anyMatch(line -> line.startsWith("io.leftfold.server.edge: Connection from"));
    assertAliveAndCalm();
  }

  @Test
  void connections_beyond_the_limit_are_refused() throws Exception {
    listenAgain(
        EdgeOptions.defaults()
            .withLimits(EdgeOptions.defaults().limits().withConnections(10, 100)));
    for (var i = 0; i < 10; i++) {
      connect();
    }
    await(() -> edge.connections() == 10);
    assertThat(isClosedByPeer(connect())).isTrue();
    assertThat(edge.connections()).isEqualTo(10);
    sockets.getFirst().close();
    await(() -> edge.connections() == 9);
    assertThat(ping()).isEqualTo("pong");
    assertAliveAndCalm();
  }

  @Test
  void a_peer_that_answers_no_pings_is_given_up() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(LONG, keepAlive(200)));
    var socket = connect();
    socket.getOutputStream().write(join(PREFACE, EMPTY_SETTINGS));
    assertThat(isClosedByPeer(socket)).isTrue();
    await(() -> edge.connections() == 0);
  }

  @Test
  void a_silent_peer_that_answers_pings_is_kept() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(LONG, keepAlive(100)));
    var socket = connect();
    var out = socket.getOutputStream();
    out.write(join(PREFACE, EMPTY_SETTINGS));
    // Acknowledges fifteen pings, which takes many times longer than an unanswered one would.
    var in = socket.getInputStream();
    for (var pings = 0; pings < 15; ) {
      var header = in.readNBytes(9);
      assertThat(header).as("frame after %d pings", pings).hasSize(9);
      var payload = in.readNBytes(lengthOf(header));
      if (header[3] == 6) {
        out.write(frame(6, 1, 0, payload));
        pings++;
      }
    }
    assertThat(edge.connections()).isEqualTo(1);
  }

  @Test
  void an_opening_in_pieces_of_one_byte_is_put_together() throws Exception {
    var socket = connect();
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    byte[] settings = {0, 0, 12, 4, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, 5, 0, 0, 64, 0};
    for (var b : join(PREFACE, settings, frame(6, 0, 0, new byte[8]))) {
      socket.getOutputStream().write(b);
    }
    var types = new ArrayList<Byte>();
    while (!types.contains((byte) 6)) {
      var header = socket.getInputStream().readNBytes(9);
      assertThat(header).hasSize(9);
      socket.getInputStream().readNBytes(lengthOf(header));
      types.add(header[3]);
    }
    // Settings, and no GOAWAY.
    assertThat(types).contains((byte) 4).doesNotContain((byte) 7);
  }

  @Test
  void first_settings_that_make_no_sense_are_cut_off() throws Exception {
    byte[][] wrong = {
      frame(4, 0, 0, new byte[] {0, 4, -1, -1, -1, -1}),
      frame(4, 0, 0, new byte[] {0, 5, 0, 0, 0, 1}),
      frame(4, 0, 0, new byte[] {0, 2, 0, 0, 0, 2}),
      frame(4, 0, 0, new byte[5]),
      frame(4, 0, 1, new byte[0]),
      frame(4, 1, 0, new byte[0]),
      frame(4, 0, 0, new byte[6 * 200]),
      frame(6, 0, 0, new byte[8]),
    };
    for (var settings : wrong) {
      assertThat(provoke(join(PREFACE, settings))).isTrue();
    }
    assertThat(log.lines()).hasSize(wrong.length);
    assertAliveAndCalm();
  }

  @Test
  void pings_are_answered_as_often_as_they_make_sense() throws Exception {
    var socket = connect();
    socket.setSoTimeout(20_000);
    var out = socket.getOutputStream();
    out.write(join(PREFACE, EMPTY_SETTINGS));
    var in = socket.getInputStream();
    for (var acknowledged = 0; acknowledged < 1000; ) {
      if (acknowledged % 100 == 0) {
        for (var i = 0; i < 100; i++) {
          out.write(frame(6, 0, 0, new byte[8]));
        }
      }
      for (var before = acknowledged; acknowledged < before + 100; ) {
        var header = in.readNBytes(9);
        assertThat(header).hasSize(9);
        in.readNBytes(lengthOf(header));
        assertThat(header[3]).as("no GOAWAY").isNotEqualTo((byte) 7);
        if (header[3] == 6 && (header[4] & 1) == 1) {
          acknowledged++;
        }
      }
    }
  }

  @Test
  void calls_of_a_peer_whose_windows_are_full_are_refused() throws Exception {
    var socket = connect();
    var out = socket.getOutputStream();
    out.write(join(PREFACE, EMPTY_SETTINGS));
    var calls = 0;
    while (edge.refused(Shortage.ANSWERS) == 0) {
      assertThat(calls).isLessThan(200);
      out.write(begun("/test.Test/Answer", 1 + 2 * calls, 5));
      calls++;
      var asked = calls;
      await(() -> begun.get() >= asked || edge.refused(Shortage.ANSWERS) > 0);
    }
    assertThat(edge.answerBytes())
        .isBetween(
            LIMITS.answerBytesPerConnectionMax(),
            4 * LIMITS.answerBytesPerConnectionMax() + ANSWER.length + 5);
    // Nobody else is.
    var other = connect();
    other.getOutputStream().write(join(PREFACE, EMPTY_SETTINGS, begun("/test.Test/Answer", 1, 5)));
    var asked = calls;
    await(() -> begun.get() == asked);
    assertThat(edge.refused(Shortage.ANSWERS)).isEqualTo(1);
    socket.close();
    other.close();
    await(() -> edge.answerBytes() == 0);
    assertAliveAndCalm();
  }

  @Test
  void idle_keep_alive_connections_of_http_1_are_closed() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(LONG, keepAlive(150)));
    var socket = connect();
    socket.getOutputStream().write("GET /ping HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(US_ASCII));
    assertThat(isClosedByPeer(socket)).isTrue();
  }

  @Test
  void floods_of_control_frames_are_cut_off() throws Exception {
    for (var type : new int[] {4, 6}) {
      var socket = connect();
      var flood = new ByteArrayOutputStream();
      flood.writeBytes(join(PREFACE, EMPTY_SETTINGS));
      for (var i = 0; i < 2_100; i++) {
        flood.writeBytes(frame(type, 0, 0, new byte[type == 6 ? 8 : 0]));
      }
      socket.getOutputStream().write(flood.toByteArray());
      assertThat(isClosedByPeer(socket)).isTrue();
    }
    assertThat(log.lines()).anyMatch(line -> line.contains("more than 2000 PING and SETTINGS"));
    assertAliveAndCalm();
  }

  @Test
  void a_request_that_comes_a_byte_at_a_time_is_cut_off() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(Duration.ofMillis(150), RARELY));
    for (var begin :
        List.of(
            "GET /ping HTTP/1.1\r\nhost: x\r\nslow: ",
            "GET /ping HTTP/1.1\r\nhost: x\r\n\r\nGET /ping HTTP/1.1\r\nhost: x\r\nslow: ",
            "POST /ping HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n")) {
      var socket = connect();
      socket.getOutputStream().write(begin.getBytes(US_ASCII));
      Thread.startVirtualThread(() -> trickle(socket));
      assertThat(isClosedByPeer(socket)).as(begin).isTrue();
    }
    await(() -> edge.connections() == 0);
    assertAliveAndCalm();
  }

  @Test
  void a_body_that_comes_at_a_pace_is_waited_for() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(Duration.ofMillis(100), RARELY));
    var socket = connect();
    var out = socket.getOutputStream();
    out.write("POST /ping HTTP/1.1\r\nhost: x\r\ncontent-length: 15000\r\n\r\n".getBytes(US_ASCII));
    // Ten times as long as a request that seems to come would be waited for.
    for (var i = 0; i < 150; i++) {
      out.write(new byte[100]);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(7));
    }
    out.write("GET /ping HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".getBytes(US_ASCII));
    socket.setSoTimeout(20_000);
    assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII)).endsWith("pong");
  }

  @Test
  void half_a_message_is_not_waited_for_and_the_next_message_is() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(Duration.ofMillis(150), RARELY));
    var out = connect().getOutputStream();
    out.write(join(PREFACE, EMPTY_SETTINGS));
    // A whole message, and then nothing: its next may come tomorrow.
    out.write(join(begun("/test.Test/Hanging", 1), frame(0, 0, 1, message(3, 3))));
    // Half a prefix, a prefix, half a message, and one that comes a byte at a time.
    byte[][] halves = {new byte[2], message(100_000, 0), message(100_000, 50_000)};
    for (var i = 0; i < halves.length; i++) {
      out.write(begun("/test.Test/Hanging", 3 + 2 * i));
      for (var at = 0; at < halves[i].length; at += 10_000) {
        out.write(
            frame(
                0,
                0,
                3 + 2 * i,
                Arrays.copyOfRange(halves[i], at, Math.min(halves[i].length, at + 10_000))));
      }
    }
    out.write(join(begun("/test.Test/Hanging", 9), frame(0, 0, 9, message(100_000, 0))));
    await(() -> begun.get() == 5);
    while (edge.openCalls() > 1) {
      out.write(frame(0, 0, 9, new byte[1]));
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    assertThat(edge.requestBytes()).isZero();
    assertThat(log.lines()).anyMatch(line -> line.contains("a message that it began did not come"));
    // Another one takes as long, and the first is still open.
    out.write(join(begun("/test.Test/Hanging", 11), frame(0, 0, 11, message(100_000, 0))));
    await(() -> begun.get() == 6);
    await(() -> edge.openCalls() == 1);
    assertThat(edge.connections()).isEqualTo(1);
    out.write(frame(3, 0, 1, new byte[] {0, 0, 0, 8}));
    await(() -> edge.openCalls() == 0);
    assertAliveAndCalm();
  }

  @Test
  void a_message_of_a_call_that_is_held_up_is_waited_for() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(Duration.ofMillis(100), RARELY));
    var out = connect().getOutputStream();
    out.write(join(PREFACE, EMPTY_SETTINGS, begun("/test.Test/Paused", 1)));
    out.write(frame(0, 0, 1, message(20_000, 10)));
    out.write(join(begun("/test.Test/Hanging", 3), frame(0, 0, 3, message(20_000, 10))));
    await(() -> begun.get() == 2);
    await(() -> edge.openCalls() == 1);
    assertThat(log.lines()).filteredOn(line -> line.contains("Call from")).hasSize(1);
  }

  @Test
  void frames_of_one_byte_for_a_call_that_is_held_up_take_no_more_than_they_bring()
      throws Exception {
    var out = new BufferedOutputStream(connect().getOutputStream(), 64 * 1024);
    out.write(join(PREFACE, EMPTY_SETTINGS, AGREED, begun("/test.Test/Paused", 1)));
    var before = heapUsed();
    for (var i = 0; i < FRAMES; i++) {
      out.write(frameOfOneByte());
    }
    out.flush();
    // All of it is counted, and nothing is held beside that.
    await(() -> edge.requestBytes() >= FRAMES);
    assertThat(edge.requestBytes()).isLessThanOrEqualTo(2 * FRAMES + 64 * 1024);
    assertThat(heapUsed() - before).isLessThan(20_000_000);
    assertAliveAndCalm();
  }

  /// A hundred bytes of heap for each frame would be seen here.
  private static long heapUsed() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static byte[] frameOfOneByte() {
    return new byte[] {0, 0, 1, 0, 0, 0, 0, 0, 1, 'x'};
  }

  @Test
  void a_connection_of_http_1_that_waits_for_an_answer_is_kept() throws Exception {
    listenAgain(EdgeOptions.defaults().withPatience(LONG, keepAlive(100)));
    var socket = connect();
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write("GET /late HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".getBytes(US_ASCII));
    assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII)).endsWith("late");
  }

  @Test
  void many_hostile_connections_write_few_lines() throws Exception {
    for (var i = 0; i < 200; i++) {
      provoke(join(PREFACE, "this is not a frame of HTTP/2 at all".getBytes(US_ASCII)));
    }
    assertThat(log.lines()).hasSizeLessThan(25);
    assertAliveAndCalm();
  }

  // ---- tools

  private static KeepAlive keepAlive(int millis) {
    return new KeepAlive(Duration.ofMillis(millis), Duration.ofMillis(millis));
  }

  private static void trickle(Socket socket) {
    try {
      while (true) {
        socket.getOutputStream().write('x');
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
    } catch (IOException _) {
      // Closed, as it should be.
    }
  }

  /// Sends bytes, says no more, and reads until the edge closes.
  ///
  /// @return whether the edge closed
  private boolean provoke(byte[] bytes) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), edge.port())) {
      socket.setSoTimeout(10_000);
      try {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        return readToEnd(socket);
      } catch (SocketException _) {
        return true;
      }
    }
  }

  private static boolean readToEnd(Socket socket) throws IOException {
    try {
      var buffer = new byte[4096];
      while (socket.getInputStream().read(buffer) >= 0) {
        // Answers do not matter.
      }
      return true;
    } catch (SocketException _) {
      return true;
    }
  }

  private static boolean isClosedByPeer(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    return readToEnd(socket);
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), edge.port());
    sockets.add(socket);
    return socket;
  }

  private String ping() throws Exception {
    try (var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var uri = URI.create("http://127.0.0.1:" + edge.port() + "/ping");
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private void assertAliveAndCalm() throws Exception {
    assertThat(ping()).isEqualTo("pong");
    assertThat(log.records()).as("%s", log.lines()).allMatch(record -> record.getThrown() == null);
    assertThat(log.lines()).allMatch(line -> line.startsWith("io.leftfold."));
  }

  /// The beginning of a call, its headers plain literals.
  private static byte[] begun(String path, int stream) {
    return begun(path, stream, 4);
  }

  private static byte[] begun(String path, int stream, int flags) {
    var block = new ByteArrayOutputStream();
    var headers =
        List.of(
            List.of(":method", "POST"),
            List.of(":scheme", "http"),
            List.of(":path", path),
            List.of(":authority", "localhost"),
            List.of("content-type", "application/grpc"),
            List.of("te", "trailers"));
    for (var header : headers) {
      block.write(0);
      for (var text : header) {
        block.write(text.length());
        block.writeBytes(text.getBytes(US_ASCII));
      }
    }
    return frame(1, flags, stream, block.toByteArray());
  }

  /// A message, or the first bytes of it.
  private static byte[] message(int length, int sent) {
    var prefix = new byte[] {0, 0, (byte) (length >> 16), (byte) (length >> 8), (byte) length};
    return join(prefix, new byte[sent]);
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    var header =
        HexFormat.of()
            .parseHex("%06x%02x%02x%08x".formatted(payload.length, type, flags & 0xff, stream));
    return join(header, payload);
  }

  private static int lengthOf(byte[] header) {
    return ((header[0] & 0xff) << 16) | ((header[1] & 0xff) << 8) | (header[2] & 0xff);
  }

  private static byte[] join(byte[]... parts) {
    var bytes = new ByteArrayOutputStream();
    for (var part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  private static void await(BooleanSupplier condition) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited 30 s").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
