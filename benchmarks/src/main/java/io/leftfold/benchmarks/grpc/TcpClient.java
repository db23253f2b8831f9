// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import com.google.protobuf.MessageLite;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// One connection of the old TCP protocol, as little as a server can tell from a real one. Many
/// requests may be in flight; each has a number.
final class TcpClient implements AutoCloseable {

  static final int WRITE_EVENTS = 0x82;
  static final int READ_STREAM = 0xB2;
  static final int READ_ALL = 0xB6;

  private static final int HEAD_BYTES = 18;
  private static final int NUMBER_AT = 14;
  private static final int HEARTBEAT_REQUEST = 0x01;
  private static final int HEARTBEAT_RESPONSE = 0x02;
  private static final int BUFFER_BYTES = 256 << 10;

  private final Socket socket;
  private final DataInputStream in;
  private final ByteBuffer out = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  TcpClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
  }

  /// What was answered.
  record Answer(int command, int number, byte[] message) {}

  /// Puts a request where it is kept until it is sent, or there is no more place.
  void put(int command, int number, byte[] message) throws IOException {
    if (out.remaining() < Integer.BYTES + HEAD_BYTES + message.length) {
      flush();
    }
    if (out.remaining() < Integer.BYTES + HEAD_BYTES + message.length) {
      throw new IOException("A request of %d bytes is too long".formatted(message.length));
    }
    out.putInt(HEAD_BYTES + message.length).put((byte) command).put((byte) 0);
    out.putLong(1).putInt(0).putInt(number).put(message);
  }

  /// Sends what was put, if nothing has come that would have more put.
  void flushWhenIdle() throws IOException {
    if (in.available() < Integer.BYTES) {
      flush();
    }
  }

  private void flush() throws IOException {
    socket.getOutputStream().write(out.array(), 0, out.position());
    out.clear();
  }

  /// The next answer.
  Answer next() throws IOException {
    while (true) {
      var length = Integer.reverseBytes(in.readInt());
      var bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new IOException("The server has closed the connection");
      }
      var command = Byte.toUnsignedInt(bytes[0]);
      if (command == HEARTBEAT_REQUEST) {
        put(HEARTBEAT_RESPONSE, 0, new byte[0]);
        flush();
      } else {
        var number = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(NUMBER_AT);
        return new Answer(command, number, Arrays.copyOfRange(bytes, HEAD_BYTES, length));
      }
    }
  }

  /// Sends a request, and waits for its answer.
  byte[] ask(int command, MessageLite message) throws IOException {
    put(command, 0, message.toByteArray());
    flush();
    var answer = next();
    if (answer.command() != command + 1) {
      throw new IOException("0x%02X was answered 0x%02X".formatted(command, answer.command()));
    }
    return answer.message();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
