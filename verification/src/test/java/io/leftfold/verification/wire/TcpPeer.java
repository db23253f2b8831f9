// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.leftfold.protocol.messages.tcp.NewEvent;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.net.SocketFactory;

/// One connection of the old TCP protocol, byte by byte.
public final class TcpPeer implements AutoCloseable {

  static final int HEARTBEAT_REQUEST = 0x01;
  static final int HEARTBEAT_RESPONSE = 0x02;
  static final int BAD_REQUEST = 0xF0;
  static final int NOT_HANDLED = 0xF1;

  private static final int PATIENCE_MILLIS = 20_000;
  private static final int HEAD_BYTES = 18;

  private final Socket socket;
  private final DataInputStream in;
  private boolean answersHeartbeats = true;
  private byte[] credentials = {};
  private long correlation;

  /// Connects to a port on loopback.
  public TcpPeer(int port) {
    this(port, SocketFactory.getDefault());
  }

  /// Connects to a port on loopback by sockets of some kind.
  TcpPeer(int port, SocketFactory sockets) {
    try {
      socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a package said.
  public record Said(int command, byte[] correlation, byte[] message) {
    String text() {
      return new String(message, StandardCharsets.UTF_8);
    }
  }

  /// From now on, heartbeats are left unanswered.
  void playDead() {
    answersHeartbeats = false;
  }

  /// From now on, packages say who asks.
  public void as(String login, String password) {
    credentials = credentials(login, password);
  }

  /// From now on, packages have a token.
  void as(String token) {
    var bytes = token.getBytes(StandardCharsets.UTF_8);
    credentials =
        ByteBuffer.allocate(Short.BYTES + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort((short) -bytes.length)
            .put(bytes)
            .array();
  }

  /// From now on, packages do not say who asks.
  void asNobody() {
    credentials = new byte[0];
  }

  private static byte[] credentials(String login, String password) {
    var user = login.getBytes(StandardCharsets.UTF_8);
    var secret = password.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + user.length + secret.length)
        .put((byte) user.length)
        .put(user)
        .put((byte) secret.length)
        .put(secret)
        .array();
  }

  /// Where it connects from.
  int localPort() {
    return socket.getLocalPort();
  }

  /// Says that nothing more comes from here.
  void sendNoMore() throws IOException {
    socket.shutdownOutput();
  }

  void sendBytes(byte... bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /// Sends a frame with a length that may be a lie.
  void sendFrame(int length, byte... bytes) throws IOException {
    sendBytes(
        ByteBuffer.allocate(Integer.BYTES + bytes.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(length)
            .put(bytes)
            .array());
  }

  void send(int command, byte[] message) throws IOException {
    send(command, credentials.length > 0 ? 1 : 0, ++correlation, message);
  }

  void send(int command, int flags, long correlation, byte[] message) throws IOException {
    var bytes =
        ByteBuffer.allocate(HEAD_BYTES + credentials.length + message.length)
            .put((byte) command)
            .put((byte) flags)
            .putLong(0x0102_0304_0506_0708L)
            .putLong(correlation)
            .put(credentials)
            .put(message)
            .array();
    sendFrame(bytes.length, bytes);
  }

  /// Sends a request and takes its answer.
  public Said ask(int command, MessageLite message) throws IOException {
    return ask(command, message.toByteArray());
  }

  /// Sends a request and takes its answer.
  Said ask(int command, byte... message) throws IOException {
    send(command, message);
    return next();
  }

  /// Asks, and expects a certain kind of answer.
  public byte[] ask(int command, MessageLite message, int answer) throws IOException {
    var got = ask(command, message);
    assertThat(got.command())
        .as("the answer to 0x%02X, which says %s", command, got.text())
        .isEqualTo(answer);
    return got.message();
  }

  /// The next package that is no heartbeat.
  Said next() throws IOException {
    return tryNext().orElseThrow(() -> new EOFException("The server has closed the connection"));
  }

  /// The next package that is no heartbeat, or empty when the server has closed.
  Optional<Said> tryNext() throws IOException {
    while (true) {
      Said got;
      try {
        var length = Integer.reverseBytes(in.readInt());
        var bytes = in.readNBytes(length);
        assertThat(bytes).hasSize(length);
        got =
            new Said(
                Byte.toUnsignedInt(bytes[0]),
                Arrays.copyOfRange(bytes, 2, HEAD_BYTES),
                Arrays.copyOfRange(bytes, HEAD_BYTES, length));
      } catch (EOFException | SocketException _) {
        return Optional.empty();
      }
      if (got.command() != HEARTBEAT_REQUEST) {
        return Optional.of(got);
      }
      if (answersHeartbeats) {
        var answer = ByteBuffer.allocate(HEAD_BYTES).put((byte) HEARTBEAT_RESPONSE).array();
        sendFrame(answer.length, answer);
      }
    }
  }

  /// An id as .NET writes it.
  static ByteString dotNet(UUID id) {
    var high = id.getMostSignificantBits();
    var bytes =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) (high >>> 32))
            .putShort((short) (high >>> 16))
            .putShort((short) high)
            .order(ByteOrder.BIG_ENDIAN)
            .putLong(id.getLeastSignificantBits());
    return ByteString.copyFrom(bytes.flip());
  }

  /// An event with JSON.
  public static NewEvent event(UUID id, String type, String json) {
    return NewEvent.newBuilder()
        .setEventId(dotNet(id))
        .setEventType(type)
        .setDataContentType(1)
        .setMetadataContentType(1)
        .setData(ByteString.copyFromUtf8(json))
        .setMetadata(ByteString.copyFromUtf8("{\"by\":\"tcp\"}"))
        .build();
  }

  /// The name of a stream.
  public static ByteString stream(String name) {
    return ByteString.copyFromUtf8(name);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
