// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.leftfold.benchmarks.beside.Attack.Target;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/// Bad clients that know little more than sockets.
final class SocketAttacks {

  private static final int MANY = 1000;
  private static final long BETWEEN_BYTES_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int HELLO_BYTES_MAX = 32 << 10;

  private SocketAttacks() {}

  private interface Conduct {
    void with(Socket socket) throws IOException;
  }

  private static void keepConnecting(Target target, Tally tally, Conduct conduct) {
    for (var i = 0; i < MANY; i++) {
      Thread.startVirtualThread(() -> {
        while (true) {
          try (var socket = BadPeer.connect(target.port())) {
            tally.count("connections");
            conduct.with(socket);
            tally.count("connections closed by the server");
          } catch (IOException _) {
            tally.count("connections cut off");
          }
        }
      });
    }
  }

  private static void awaitEnd(Socket socket) throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // What is said does not matter.
    }
  }

  /// Connect and do nothing.
  static void idle(Target target, Tally tally) {
    keepConnecting(target, tally, SocketAttacks::awaitEnd);
  }

  /// Send the headers of a request one byte at a time, without an end.
  static void sendHeadersSlowly(Target target, Tally tally) {
    keepConnecting(
        target,
        tally,
        socket -> {
          socket
              .getOutputStream()
              .write("GET /info HTTP/1.1\r\nHost: x\r\nX-Slow: ".getBytes(US_ASCII));
          trickle(socket);
        });
  }

  /// Send the body of a request one byte at a time, without an end.
  static void sendBodySlowly(Target target, Tally tally) {
    keepConnecting(
        target,
        tally,
        socket -> {
          socket
              .getOutputStream()
              .write(
                  "POST /info HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
                      .getBytes(US_ASCII));
          trickle(socket);
        });
  }

  private static void trickle(Socket socket) throws IOException {
    while (true) {
      LockSupport.parkNanos(BETWEEN_BYTES_NANOS);
      socket.getOutputStream().write('x');
    }
  }

  /// Begin a TLS handshake and leave it.
  static void shakeHalfAHand(Target target, Tally tally) throws IOException {
    var hello = clientHello();
    keepConnecting(
        target,
        tally,
        socket -> {
          socket.getOutputStream().write(hello);
          awaitEnd(socket);
        });
  }

  private static byte[] clientHello() throws IOException {
    try {
      var engine = SSLContext.getDefault().createSSLEngine("localhost", 1);
      engine.setUseClientMode(true);
      engine.beginHandshake();
      var bytes = ByteBuffer.allocate(HELLO_BYTES_MAX);
      var _ = engine.wrap(ByteBuffer.allocate(0), bytes);
      return Arrays.copyOf(bytes.array(), bytes.position());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has TLS", e);
    }
  }

  /// Begin TLS handshakes, leave them, and begin the next, as fast as can be.
  static void shakeHalfHands(Target target, Tally tally) throws IOException {
    var hello = clientHello();
    keepConnecting(
        target,
        tally,
        socket -> {
          socket.getOutputStream().write(hello);
          // Until the server has done its part.
          var _ = socket.getInputStream().read();
        });
  }
}
