// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import com.google.protobuf.MessageLite;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The end of an HTTP/2 connection that sends frames as it likes, and does not wait to be allowed.
///
/// ```
/// frame:   | length 3 | type 1 | flags 1 | stream 4 | payload … |
/// message: | compressed 1 = 0 | length 4 | bytes … |
/// ```
final class BadPeer implements AutoCloseable {

  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;

  static final int ACK = 1;

  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int SETTING_BYTES = 6;
  private static final int BUFFER_BYTES = 32 << 10;
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final DataOutputStream out;

  BadPeer(int port) throws IOException {
    this.socket = connect(port);
    this.out =
        new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES));
  }

  static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /// Says that this is HTTP/2.
  ///
  /// @param window what each stream, and the connection, may send unasked
  void open(int window) throws IOException {
    out.write(PREFACE);
    header(SETTING_BYTES, SETTINGS, 0, 0);
    out.writeShort(INITIAL_WINDOW_SIZE);
    out.writeInt(window);
    header(Integer.BYTES, 8, 0, 0);
    out.writeInt(window);
    out.flush();
  }

  private void header(int length, int type, int flags, int stream) throws IOException {
    out.writeByte(length >>> 16);
    out.writeShort(length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
  }

  /// Sends a frame, when the buffer is full.
  void frame(int type, int flags, int stream, byte... payload) throws IOException {
    header(payload.length, type, flags, stream);
    out.write(payload);
  }

  /// Begins a call of gRPC.
  void call(int stream, String path) throws IOException {
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
        block.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
      }
    }
    frame(HEADERS, END_HEADERS, stream, block.toByteArray());
  }

  /// Makes a call of gRPC with one message.
  void call(int stream, String path, MessageLite message) throws IOException {
    call(stream, path);
    var bytes = message.toByteArray();
    header(1 + Integer.BYTES + bytes.length, DATA, END_STREAM, stream);
    out.writeByte(0);
    out.writeInt(bytes.length);
    out.write(bytes);
    out.flush();
  }

  void flush() throws IOException {
    out.flush();
  }

  /// Waits for the end of the connection, and throws away what comes before it.
  void drain() throws IOException {
    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
