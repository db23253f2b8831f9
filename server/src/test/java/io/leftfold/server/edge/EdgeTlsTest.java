// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.server.tls.Identity;
import io.leftfold.server.tls.MadeCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The edge with TLS: who gets in, who does not, and what is said about those.
@Timeout(120)
class EdgeTlsTest {

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

  @TempDir private Path directory;
  private final LogCapture log = new LogCapture();
  private final List<Socket> sockets = new ArrayList<>();
  private Identity identity;
  private SSLContext trusting;
  private Edge edge;

  @BeforeEach
  void listen() throws Exception {
    identity = made("first.crt");
    trusting = trusting("first.crt");
    listen(EdgeOptions.defaults());
  }

  @AfterEach
  void close() throws IOException {
    for (var socket : sockets) {
      socket.close();
    }
    edge.close(Duration.ZERO);
    log.close();
  }

  private Identity made(String authority) throws Exception {
    return MadeCertificates.inMemory(
            directory.resolve(authority),
            () -> List.of("localhost", "127.0.0.1"),
            Clock.systemUTC(),
            new SecureRandom())
        .first();
  }

  private SSLContext trusting(String authority) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (var in = Files.newInputStream(directory.resolve(authority))) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private void listen(EdgeOptions options) throws IOException {
    if (edge != null) {
      edge.close(Duration.ZERO);
    }
    edge =
        Edge.start(
            options.withAddress("127.0.0.1", 0).withEventLoops(2),
            identity,
            Map.of(),
            http -> http.get("/ping").handler(context -> context.end("pong")));
  }

  @Test
  void both_versions_of_http_are_spoken_and_no_name_but_its_own_is_believed() throws Exception {
    for (var version : HttpClient.Version.values()) {
      if (version.name().equals("HTTP_3")) {
        continue;
      }
      var answer = get("https://localhost:%d/ping", version);
      assertThat(answer.version()).isEqualTo(version);
      assertThat(answer.body()).isEqualTo("pong");
      assertThat(get("https://127.0.0.1:%d/ping", version).body()).isEqualTo("pong");
    }
    identity =
        MadeCertificates.inMemory(
                directory.resolve("other.crt"),
                () -> List.of("elsewhere.example"),
                Clock.systemUTC(),
                new SecureRandom())
            .first();
    listen(EdgeOptions.defaults());
    trusting = trusting("other.crt");
    assertThatThrownBy(() -> get("https://localhost:%d/ping", HttpClient.Version.HTTP_2))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("localhost");
  }

  @Test
  void whoever_sends_before_it_listens_hears_why_it_was_refused() throws Exception {
    try (var socket = trusting.getSocketFactory().createSocket("127.0.0.1", edge.port())) {
      var out = socket.getOutputStream();
      out.write(
          "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: identity\r\n\r\n".getBytes(US_ASCII));
      out.write(new byte[12 << 20]);

      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/1.1 400");
    }
  }

  private HttpResponse<String> get(String url, HttpClient.Version version) throws Exception {
    try (var client = HttpClient.newBuilder().version(version).sslContext(trusting).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(url.formatted(edge.port()))).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void old_versions_of_tls_are_refused() throws Exception {
    for (var version : List.of("TLSv1.2", "TLSv1.3")) {
      var socket = tls();
      socket.setEnabledProtocols(new String[] {version});
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
    }
    // What the JDK has switched off cannot be asked with the JDK; so the first message of TLS 1.1.
    var socket = connect();
    socket.getOutputStream().write(clientHelloOfTls11());
    var answer = socket.getInputStream().readAllBytes();
    assertThat(answer).as("an alert, fatal, protocol version").hasSize(7).startsWith(21);
    assertThat(answer).endsWith(2, 70);
    await(() -> log.lines().stream().anyMatch(line -> line.contains("no TLS came about")));
  }

  /// | record 1 | version 2 | length 2 | hello 1 | length 3 | version 2 | random 32 | session 1 |
  /// suites 2 | suite 2 | compressions 1 | none 1 |
  private static byte[] clientHelloOfTls11() {
    return HexFormat.of()
        .parseHex(
            "160301002d" + "01000029" + "0302" + "00".repeat(32) + "00" + "0002c009" + "0100");
  }

  @Test
  void who_speaks_plain_text_is_told_in_its_own_words_and_the_log_once() throws Exception {
    for (var i = 0; i < 3; i++) {
      var socket = connect();
      socket.getOutputStream().write("GET /ping HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/1.1 400 ")
          .contains("This port speaks TLS only");
    }
    var socket = connect();
    socket.getOutputStream().write(PREFACE);
    socket.getOutputStream().write(EMPTY_SETTINGS);
    var answer = socket.getInputStream().readAllBytes();
    assertThat(answer).startsWith(EMPTY_SETTINGS);
    assertThat(answer[9 + 3]).as("the frame type GOAWAY").isEqualTo((byte) 7);
    assertThat(new String(answer, US_ASCII)).endsWith("with tls=true, or https://");
    var other = connect();
    other.getOutputStream().write(new byte[] {0, 1, 2, 3});
    assertThat(other.getInputStream().readAllBytes()).isEmpty();

    assertThat(log.lines()).hasSize(1);
    assertThat(log.lines().getFirst())
        .contains("Connection from /127.0.0.1:", "it does not speak TLS");
  }

  @Test
  void a_client_that_does_not_trust_the_certificate_is_told_of_once() throws Exception {
    var stranger = SSLContext.getDefault().getSocketFactory();
    for (var i = 0; i < 3; i++) {
      try (var socket = (SSLSocket) stranger.createSocket("127.0.0.1", edge.port())) {
        assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
      }
    }
    await(() -> !log.lines().isEmpty());
    await(() -> edge.connections() == 0);
    assertThat(log.lines()).hasSize(1);
    assertThat(log.lines().getFirst()).contains("no TLS came about: ");
  }

  @Test
  void a_handshake_that_does_not_come_to_an_end_is_cut_off() throws Exception {
    listen(EdgeOptions.defaults().withPatience(Duration.ofMillis(300), KeepAlive.defaults()));
    var nothing = connect();
    var some = connect();
    some.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
    var complete = tls();
    complete.startHandshake();

    for (var socket : List.of(nothing, some, complete)) {
      assertThat(isClosedByPeer(socket)).isTrue();
    }
    await(() -> edge.connections() == 0);
  }

  @Test
  void what_is_broken_within_tls_is_cut_off_and_told_with_its_address() throws Exception {
    for (var garbage : List.of(new byte[] {1, 2, 3}, new byte[1000])) {
      var socket = http2();
      socket.getOutputStream().write(garbage);
      assertThat(isClosedByPeer(socket)).isTrue();
    }
    var socket = http2();
    socket.getOutputStream().write(PREFACE);
    socket.getOutputStream().write(new byte[] {0, 0, 1, 4, 0, 0, 0, 0, 0});
    assertThat(isClosedByPeer(socket)).isTrue();

    assertThat(log.lines()).hasSize(3).allMatch(line -> line.contains("from /127.0.0.1:"));
    assertThat(get("https://localhost:%d/ping", HttpClient.Version.HTTP_2).body())
        .isEqualTo("pong");
  }

  @Test
  void random_bytes_before_and_within_tls_do_no_harm() throws Exception {
    var random = new Random(7);
    for (var i = 0; i < 200; i++) {
      var garbage = new byte[1 + random.nextInt(2000)];
      random.nextBytes(garbage);
      if (i % 4 == 0) {
        garbage[0] = 22;
      }
      try (var socket = i % 4 == 3 ? http2() : connect()) {
        socket.getOutputStream().write(garbage);
        socket.shutdownOutput();
      } catch (IOException _) {
        // Closed while it was written to.
      }
    }
    await(() -> edge.connections() == 0);
    assertThat(get("https://localhost:%d/ping", HttpClient.Version.HTTP_1_1).body())
        .isEqualTo("pong");
    assertThat(log.lines()).allMatch(line -> line.startsWith("io.leftfold.server.edge: "));
  }

  @Test
  void a_new_certificate_is_shown_to_new_connections_and_old_ones_stay() throws Exception {
    var old = tls();
    old.startHandshake();
    assertThat(shown(old)).isEqualTo(identity.chain().getFirst());

    var next = made("second.crt");
    edge.show(next);

    old.getOutputStream().write("GET /ping HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(US_ASCII));
    assertThat(new String(old.getInputStream().readNBytes(12), US_ASCII)).isEqualTo("HTTP/1.1 200");
    trusting = trusting("second.crt");
    // On each of the event loops.
    for (var i = 0; i < 6; i++) {
      var fresh = tls();
      fresh.startHandshake();
      assertThat(shown(fresh)).isEqualTo(next.chain().getFirst());
    }
  }

  private static X509Certificate shown(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), edge.port());
    socket.setSoTimeout(30_000);
    sockets.add(socket);
    return socket;
  }

  private SSLSocket tls() throws IOException {
    var socket =
        (SSLSocket)
            trusting.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), edge.port());
    socket.setSoTimeout(30_000);
    sockets.add(socket);
    return socket;
  }

  private SSLSocket http2() throws IOException {
    var socket = tls();
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
    return socket;
  }

  private static boolean isClosedByPeer(Socket socket) throws IOException {
    try {
      var in = socket.getInputStream();
      while (in.read() >= 0) {
        // What is said before does not matter.
      }
      return true;
    } catch (SocketException | SSLException _) {
      return true;
    }
  }

  private static void await(BooleanSupplier condition) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited 30 s").isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
