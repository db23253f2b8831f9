// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static io.leftfold.verification.wire.TcpPeer.BAD_REQUEST;
import static io.leftfold.verification.wire.TcpPeer.event;
import static io.leftfold.verification.wire.TcpPeer.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.protocol.messages.tcp.ReadEvent;
import io.leftfold.protocol.messages.tcp.StreamEventAppeared;
import io.leftfold.protocol.messages.tcp.SubscribeToStream;
import io.leftfold.protocol.messages.tcp.WriteEvents;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.UUID;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sockets of the old TCP protocol: those that are left half way, that are not read, or encrypted.
@Timeout(120)
final class TcpSocketsTest {

  private static final int ANY = -2;

  private static WriteEvents write(String stream, int bytes) {
    return WriteEvents.newBuilder()
        .setEventStreamId(stream(stream))
        .setExpectedVersion(ANY)
        .addEvents(
            event(UUID.randomUUID(), "T", "{}").toBuilder()
                .setData(ByteString.copyFrom(new byte[bytes])))
        .build();
  }

  /// A socket that is closed with bytes in it which nobody has read tells the peer so, and what it
  /// was told before may be lost with that.
  @Test
  void who_goes_on_behind_a_broken_frame_is_told_why_all_the_same() throws Exception {
    try (var server = TestServer.withTcp(LocalEventStore.inMemory(), TestServer.PATIENT_TCP)) {
      for (var round = 0; round < 5; round++) {
        try (var peer = new TcpPeer(server.tcpPort())) {
          peer.sendFrame(0);
          try {
            for (var i = 0; i < 64; i++) {
              peer.sendBytes(new byte[64 << 10]);
            }
          } catch (IOException _) {
            // Closed already.
          }
          var told = peer.next();
          assertThat(told.command()).isEqualTo(BAD_REQUEST);
          assertThat(told.text()).contains("Invalid TCP frame received");
          assertThat(peer.tryNext()).isEmpty();
        }
      }
    }
  }

  @Test
  void what_a_peer_asked_for_is_done_though_it_sends_no_more_and_it_is_closed() throws Exception {
    try (var server = TestServer.withTcp(LocalEventStore.inMemory(), TestServer.PATIENT_TCP);
        var peer = new TcpPeer(server.tcpPort())) {
      peer.send(0x82, write("half", 10).toByteArray());
      peer.sendNoMore();

      for (var got = peer.tryNext(); got.isPresent(); ) {
        got = peer.tryNext();
      }
      var half = StreamName.of("half");
      Await.until(
          () -> "the event, there is " + server.store().state(half),
          () -> server.store().state(half).lastRevision() == 0);
      Await.until(
          () -> "no connection left, there are " + server.connections(),
          () -> server.connections() == 0);
    }
  }

  @Test
  void a_slow_reader_holds_up_nobody_and_has_everything_in_the_end() throws Exception {
    var count = 24;
    try (var server = TestServer.withTcp(LocalEventStore.inMemory(), TestServer.PATIENT_TCP);
        var slow = new TcpPeer(server.tcpPort());
        var quick = new TcpPeer(server.tcpPort());
        var writer = new TcpPeer(server.tcpPort())) {
      var subscribe = SubscribeToStream.newBuilder().setEventStreamId(stream("much")).build();
      slow.ask(0xC0, subscribe, 0xC1);
      quick.ask(0xC0, subscribe, 0xC1);

      for (var i = 0; i < count; i++) {
        writer.ask(0x82, write("much", 1 << 20), 0x83);
        assertThat(number(quick)).isEqualTo(i);
      }

      for (var i = 0; i < count; i++) {
        assertThat(number(slow)).isEqualTo(i);
      }
      slow.send(0x03, new byte[0]);
      assertThat(slow.next().command()).as("nothing comes twice").isEqualTo(0x04);
    }
  }

  private static long number(TcpPeer peer) throws Exception {
    return StreamEventAppeared.parseFrom(peer.next().message())
        .getEvent()
        .getEvent()
        .getEventNumber();
  }

  // ---- TLS

  private static SocketFactory trusting(Path authority) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (var in = Files.newInputStream(authority)) {
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  @Test
  void where_there_is_tls_nothing_else_is_spoken(@TempDir Path directory) throws Exception {
    try (var server = TestServer.withTcpAndTls(directory)) {
      server.usersWithDefaultPassword().get();
      try (var plain = new TcpPeer(server.tcpPort())) {
        plain.send(0x03, new byte[0]);
        assertThatThrownBy(plain::next).as("an alert of TLS is no frame").isNotNull();
      }
      try (var stranger =
          new TcpPeer(server.tcpPort(), SSLContext.getDefault().getSocketFactory())) {
        assertThatThrownBy(() -> stranger.ask(0x03)).isInstanceOf(SSLException.class);
      }
      var sockets = trusting(directory.resolve("tls").resolve("ca.crt"));
      try (var peer = new TcpPeer(server.tcpPort(), sockets)) {
        peer.as("admin", "changeit");
        peer.ask(0x82, write("secret", 1 << 20), 0x83);
        var read =
            ReadEvent.newBuilder().setEventStreamId(stream("secret")).setEventNumber(0).build();
        assertThat(peer.ask(0xB0, read, 0xB1)).hasSizeGreaterThan(1 << 20);
      }
    }
  }
}
