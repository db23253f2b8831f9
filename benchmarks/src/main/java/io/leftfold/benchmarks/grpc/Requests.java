// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// Lays out requests as an official client's are laid out, without a library.
///
/// One of these belongs to one connection, which appends to a stream of its own, or reads streams
/// at random.
final class Requests {

  static final String APPEND = "/event_store.client.streams.Streams/Append";

  /// Understood by the transport alone, which then answers from another thread.
  static final String APPEND_ELSEWHERE = "/event_store.client.streams.Streams/Appen2";

  static final String READ = "/event_store.client.streams.Streams/Read";

  private static final int DATA_BYTES = 256;
  private static final int ID_CHARS = 36;
  private static final int ID_COUNT_CHARS = 12;

  private final byte[] stream;
  private final byte[] proposed;
  private final int idAt;
  private final boolean conditional;
  private final SplittableRandom random;
  private final int streams;
  private final String read;
  private long calls;

  /// What a connection sends.
  ///
  /// @param connection its number
  /// @param conditional whether appends expect a revision
  /// @param streams how many streams there are to be read
  Requests(int connection, boolean conditional, int streams) {
    this.stream =
        "load-%d-%06d"
            .formatted(conditional ? 1 : 0, connection)
            .getBytes(StandardCharsets.US_ASCII);
    this.conditional = conditional;
    this.streams = streams;
    this.random = new SplittableRandom(connection);
    this.read = "account-%06d";
    var message = ByteBuffer.allocate(1024);
    var body = ByteBuffer.allocate(1024);
    body.put((byte) 0x0a).put((byte) (ID_CHARS + 2)).put((byte) 0x12).put((byte) ID_CHARS);
    var idInBody = body.position();
    body.put(
        "%08x-%04x-4000-8000-%012x"
            .formatted(random.nextInt(), connection, 0)
            .getBytes(StandardCharsets.US_ASCII));
    putProperty(body, "type", "MoneyDeposited");
    putProperty(body, "content-type", "application/octet-stream");
    body.put((byte) 0x22);
    putVarint(body, DATA_BYTES);
    var data = new byte[DATA_BYTES];
    new SplittableRandom(1).nextBytes(data);
    body.put(data).flip();
    message.put((byte) 0x12);
    putVarint(message, body.remaining());
    this.idAt = message.position() + idInBody;
    message.put(body).flip();
    this.proposed = new byte[message.remaining()];
    message.get(proposed);
  }

  private static void putProperty(ByteBuffer into, String key, String value) {
    into.put((byte) 0x12).put((byte) (key.length() + value.length() + 4));
    putText(into, 0x0a, key);
    putText(into, 0x12, value);
  }

  private static void putText(ByteBuffer into, int tag, String text) {
    into.put((byte) tag).put((byte) text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void putVarint(ByteBuffer into, long value) {
    var rest = value;
    while (rest > 0x7f) {
      into.put((byte) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    into.put((byte) rest);
  }

  /// Puts the messages of the next append: options, and an event with an id that is new.
  void putAppend(ByteBuffer into) {
    var prefix = into.position();
    into.position(prefix + GrpcMessages.PREFIX_BYTES);
    var expected = conditional && calls > 0 ? varintBytes(calls - 1) + 1 : 2;
    var identifier = stream.length + 2;
    into.put((byte) 0x0a).put((byte) (identifier + 2 + expected));
    into.put((byte) 0x0a).put((byte) identifier);
    into.put((byte) 0x1a).put((byte) stream.length).put(stream);
    if (!conditional) {
      into.put((byte) 0x22).put((byte) 0); // any
    } else if (calls == 0) {
      into.put((byte) 0x1a).put((byte) 0); // no stream
    } else {
      into.put((byte) 0x10);
      putVarint(into, calls - 1); // this revision
    }
    into.putInt(prefix + 1, into.position() - prefix - GrpcMessages.PREFIX_BYTES);
    into.put(prefix, (byte) 0);
    putCount(calls++);
    GrpcMessages.putPrefix(into, proposed.length);
    into.put(proposed);
  }

  private static int varintBytes(long value) {
    return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
  }

  /// The last digits of the id count the calls.
  private void putCount(long count) {
    var rest = count;
    for (var i = idAt + ID_CHARS - 1; i >= idAt + ID_CHARS - ID_COUNT_CHARS; i--) {
      proposed[i] = (byte) Character.forDigit((int) (rest & 0xf), 16);
      rest >>>= 4;
    }
  }

  /// Puts the message of the next read: a stream at random, forwards from its start, ten events.
  void putRead(ByteBuffer into) {
    var name = name(random.nextInt(streams));
    var prefix = into.position();
    into.position(prefix + GrpcMessages.PREFIX_BYTES);
    into.put((byte) 0x0a).put((byte) (name.length + 8 + 12));
    into.put((byte) 0x0a).put((byte) (name.length + 6));
    into.put((byte) 0x0a).put((byte) (name.length + 2));
    into.put((byte) 0x1a).put((byte) name.length).put(name);
    into.put((byte) 0x1a).put((byte) 0); // from its start
    into.put((byte) 0x28).put((byte) 10); // ten events
    into.put((byte) 0x42).put((byte) 0); // no filter
    into.put((byte) 0x4a).put((byte) 2).put((byte) 0x0a).put((byte) 0); // ids as numbers
    into.put((byte) 0x52)
        .put((byte) 2)
        .put((byte) 0x08)
        .put((byte) 1); // tell what new clients know
    into.put(prefix, (byte) 0);
    into.putInt(prefix + 1, into.position() - prefix - GrpcMessages.PREFIX_BYTES);
  }

  private byte[] name(int number) {
    return read.formatted(number).getBytes(StandardCharsets.US_ASCII);
  }
}
