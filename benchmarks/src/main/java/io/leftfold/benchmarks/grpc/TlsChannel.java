// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// The client's end of an encrypted connection, as quick as the JDK's engine. It trusts whoever
/// answers: what is measured is on this machine.
final class TlsChannel implements ByteChannel {

  private static final SSLContext CONTEXT = context();
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final SocketChannel channel;
  private final SSLEngine engine;
  private final ByteBuffer received;
  private final ByteBuffer toSend;
  private final ByteBuffer plain;

  /// Shakes hands over a connected, blocking channel.
  TlsChannel(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.engine = CONTEXT.createSSLEngine();
    engine.setUseClientMode(true);
    var parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    engine.setSSLParameters(parameters);
    var session = engine.getSession();
    this.received = ByteBuffer.allocateDirect(2 * session.getPacketBufferSize());
    this.toSend = ByteBuffer.allocateDirect(session.getPacketBufferSize());
    this.plain = ByteBuffer.allocateDirect(session.getApplicationBufferSize());
    plain.flip();
    shakeHands();
  }

  private static SSLContext context() {
    try {
      var context = SSLContext.getInstance("TLSv1.3");
      context.init(null, new TrustManager[] {new TrustsAll()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void shakeHands() throws IOException {
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_WRAP -> wrap(NOTHING);
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
          if (unwrap() == Status.BUFFER_UNDERFLOW && channel.read(received) < 0) {
            throw new IOException("The server closed the connection during the handshake");
          }
        }
        case FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  private Status unwrap() throws SSLException {
    received.flip();
    plain.compact();
    try {
      return engine.unwrap(received, plain).getStatus();
    } finally {
      plain.flip();
      received.compact();
    }
  }

  private void wrap(ByteBuffer from) throws IOException {
    engine.wrap(from, toSend);
    toSend.flip();
    while (toSend.hasRemaining()) {
      if (channel.write(toSend) == 0) {
        Thread.onSpinWait();
      }
    }
    toSend.clear();
  }

  /// All that has come, as far as there is room.
  @Override
  public int read(ByteBuffer into) throws IOException {
    var before = into.position();
    var ended = channel.read(received) < 0;
    var status = Status.OK;
    while (status == Status.OK) {
      var room = Math.min(into.remaining(), plain.remaining());
      into.put(plain.slice(plain.position(), room));
      plain.position(plain.position() + room);
      status = into.hasRemaining() ? unwrap() : Status.BUFFER_OVERFLOW;
    }
    var read = into.position() - before;
    return ended && read == 0 ? -1 : read;
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    var before = from.position();
    while (from.hasRemaining()) {
      wrap(from);
    }
    return from.position() - before;
  }

  @Override
  public boolean isOpen() {
    return channel.isOpen();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /// Checks nothing.
  private static final class TrustsAll implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
