// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The client's end of one HTTP/2 connection, with one call at a time. As little as a server can
/// tell from a real one: headers without a dynamic table, wide windows, answers counted and checked
/// rather than decoded.
final class Connection implements AutoCloseable {

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int STREAM_WINDOW = 1 << 30;
  private static final int CONNECTION_WINDOW_MORE = 1 << 30;
  private static final int INITIAL_WINDOW = 65_535;

  private static final byte DATA = 0;
  private static final byte HEADERS = 1;
  private static final byte RST_STREAM = 3;
  private static final byte SETTINGS = 4;
  private static final byte PING = 6;
  private static final byte GOAWAY = 7;
  private static final byte WINDOW_UPDATE = 8;
  private static final byte END_STREAM = 1;
  private static final byte ACK = 1;
  private static final byte END_HEADERS = 4;

  private static final byte[] STATUS_OK =
      "\u000bgrpc-status\u00010".getBytes(StandardCharsets.ISO_8859_1);

  private final SocketChannel channel;
  private final ByteChannel bytes;
  private final Requests requests;
  private final boolean appends;
  private final byte[] headers;
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer out = ByteBuffer.allocateDirect(4096);
  private final @Nullable ByteArrayOutputStream kept;
  private int stream = -1;
  private int answerBytes;
  private int firstByte;
  private long unacknowledged;
  private long sendWindow = INITIAL_WINDOW;
  private long began;
  private boolean waiting;

  /// Connects.
  ///
  /// @param port of a server on this machine
  /// @param door how the port is guarded
  /// @param requests what to ask
  /// @param path of the method, one of those of [Requests]
  /// @param keeping whether to keep the answers
  Connection(int port, Door door, Requests requests, String path, boolean keeping)
      throws IOException {
    this.requests = requests;
    this.appends = !path.equals(Requests.READ);
    this.headers = headers(path, "127.0.0.1:" + port, door);
    this.kept = keeping ? new ByteArrayOutputStream() : null;
    this.channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    this.bytes = door.isEncrypted() ? new TlsChannel(channel) : channel;
    out.put(PREFACE);
    frame(18, SETTINGS, (byte) 0, 0);
    out.putShort((short) 1).putInt(0); // no dynamic table for headers
    out.putShort((short) 2).putInt(0); // no push
    out.putShort((short) 4).putInt(STREAM_WINDOW);
    windowUpdate(CONNECTION_WINDOW_MORE);
    flush();
    channel.configureBlocking(false);
  }

  /// HPACK with the static table only.
  private static byte[] headers(String path, String authority, Door door) {
    var block = new ByteArrayOutputStream();
    block.write(0x83); // :method POST
    block.write(door.isEncrypted() ? 0x87 : 0x86); // :scheme https or http
    literal(block, new byte[] {0x04}, path);
    literal(block, new byte[] {0x01}, authority);
    literal(block, new byte[] {0x0f, 0x10}, "application/grpc");
    literal(block, new byte[] {0x00, 2, 't', 'e'}, "trailers");
    door.authorization().ifPresent(text -> literal(block, new byte[] {0x0f, 0x08}, text));
    return block.toByteArray();
  }

  private static void literal(ByteArrayOutputStream block, byte[] name, String value) {
    block.writeBytes(name);
    block.write(value.length());
    block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  SocketChannel channel() {
    return channel;
  }

  boolean isWaiting() {
    return waiting;
  }

  /// When the call that was answered last was begun.
  long began() {
    return began;
  }

  /// The answers so far, if they are kept.
  byte[] answers() {
    return java.util.Objects.requireNonNull(kept).toByteArray();
  }

  private void frame(int length, byte type, byte flags, int streamId) {
    out.putInt((length << 8) | type).put(flags).putInt(streamId);
  }

  private void windowUpdate(int more) {
    frame(4, WINDOW_UPDATE, (byte) 0, 0);
    out.putInt(more);
  }

  /// Begins a call.
  void begin(long now) throws IOException {
    stream += 2;
    answerBytes = 0;
    began = now;
    waiting = true;
    frame(headers.length, HEADERS, END_HEADERS, stream);
    out.put(headers);
    var header = out.position();
    out.position(header + FRAME_HEADER_BYTES);
    if (appends) {
      requests.putAppend(out);
    } else {
      requests.putRead(out);
    }
    var end = out.position();
    var length = end - header - FRAME_HEADER_BYTES;
    out.position(header);
    frame(length, DATA, END_STREAM, stream);
    out.position(end);
    sendWindow -= length;
    if (sendWindow < 0) {
      throw new IOException("The server's window for a connection is used up");
    }
    flush();
  }

  private void flush() throws IOException {
    out.flip();
    while (out.hasRemaining()) {
      if (bytes.write(out) == 0) {
        Thread.onSpinWait();
      }
    }
    out.clear();
  }

  /// Reads what has come.
  ///
  /// @return whether the call is answered now
  boolean read() throws IOException {
    var answered = false;
    boolean isThereMore;
    do {
      if (bytes.read(in) < 0) {
        throw new IOException("The server closed a connection");
      }
      isThereMore = !in.hasRemaining();
      answered |= frames();
    } while (isThereMore);
    return answered;
  }

  private boolean frames() throws IOException {
    var answered = false;
    in.flip();
    while (in.remaining() >= FRAME_HEADER_BYTES) {
      var at = in.position();
      var head = in.getInt(at);
      var length = head >>> 8;
      if (in.remaining() < FRAME_HEADER_BYTES + length) {
        break;
      }
      answered |= frame((byte) head, in.get(at + 4), at + FRAME_HEADER_BYTES, length);
      in.position(at + FRAME_HEADER_BYTES + length);
    }
    in.compact();
    return answered;
  }

  private boolean frame(byte type, byte flags, int at, int length) throws IOException {
    switch (type) {
      case DATA -> data(at, length);
      case HEADERS -> {
        if ((flags & END_STREAM) != 0) {
          end(at, length);
          return true;
        }
      }
      case SETTINGS -> {
        if ((flags & ACK) == 0) {
          frame(0, SETTINGS, ACK, 0);
          flush();
        }
      }
      case PING -> {
        if ((flags & ACK) == 0) {
          frame(length, PING, ACK, 0);
          out.putLong(in.getLong(at));
          flush();
        }
      }
      case WINDOW_UPDATE -> {
        if (in.getInt(at - 4) == 0) {
          sendWindow += in.getInt(at);
        }
      }
      case RST_STREAM, GOAWAY ->
          throw new IOException(
              "The server refused: frame %d, %s".formatted(type, hex(at, length)));
      default -> {}
    }
    return false;
  }

  private void data(int at, int length) throws IOException {
    if (answerBytes == 0 && length > GrpcMessages.PREFIX_BYTES) {
      firstByte = in.get(at + GrpcMessages.PREFIX_BYTES);
    }
    answerBytes += length;
    if (kept != null) {
      var bytes = new byte[length];
      in.get(at, bytes);
      kept.writeBytes(bytes);
    }
    unacknowledged += length;
    if (unacknowledged > CONNECTION_WINDOW_MORE / 2) {
      windowUpdate((int) unacknowledged);
      flush();
      unacknowledged = 0;
    }
  }

  /// An answer counts if its status is OK and its first message is of the right kind: field 1 is
  /// the success of an append, and an event of a read.
  private void end(int at, int length) throws IOException {
    waiting = false;
    if (!isStatusOk(at, length) || answerBytes == 0 || firstByte != 0x0a) {
      throw new IOException(
          "A call failed: %d bytes of answer, field %02x, trailers %s"
              .formatted(answerBytes, firstByte, hex(at, length)));
    }
  }

  private boolean isStatusOk(int at, int length) {
    for (var from = at; from + STATUS_OK.length <= at + length; from++) {
      var same = 0;
      while (same < STATUS_OK.length && in.get(from + same) == STATUS_OK[same]) {
        same++;
      }
      if (same == STATUS_OK.length) {
        return true;
      }
    }
    return false;
  }

  private String hex(int at, int length) {
    var bytes = new byte[length];
    in.get(at, bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// How long the answer to the last call was.
  int answerBytes() {
    return answerBytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
