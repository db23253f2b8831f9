// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import com.google.protobuf.MessageLite;
import io.leftfold.server.edge.FrameConnection;
import io.leftfold.server.node.Connections;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// What is said under one correlation: the answers to a request, until its last one.
///
/// All but [#later] and [#encoded] is called on the connection's event loop.
final class Exchange {

  /// What a frame has before its package: its length.
  static final int PREFIX_BYTES = Integer.BYTES;

  private static final int HEAD_BYTES = 18;
  private static final byte[] NOTHING = {};

  private final FrameConnection connection;
  private final Connections.Open figures;
  private final Request.Id id;
  private final RequestWatch.End ended;
  private boolean over;

  /// @param figures count what is said
  /// @param ended told after the last answer
  Exchange(
      FrameConnection connection, Connections.Open figures, Request.Id id, RequestWatch.End ended) {
    this.connection = connection;
    this.figures = figures;
    this.id = id;
    this.ended = ended;
  }

  Request.Id id() {
    return id;
  }

  /// Runs something on the event loop, from any thread.
  void later(Runnable task) {
    connection.execute(task);
  }

  /// A package.
  byte[] encoded(Command command, MessageLite message) {
    return encoded(command, message.toByteArray());
  }

  private byte[] encoded(Command command, byte[] message) {
    return encoded(command, id, message);
  }

  static byte[] encoded(Command command, Request.Id id, byte[] message) {
    return ByteBuffer.allocate(HEAD_BYTES + message.length)
        .put(command.code())
        .put((byte) 0)
        .putLong(id.high())
        .putLong(id.low())
        .put(message)
        .array();
  }

  /// Says something, and more may follow.
  void say(Command command, MessageLite message) {
    say(encoded(command, message));
  }

  /// Says something, and more may follow.
  ///
  /// @param encoded a package
  void say(byte[] encoded) {
    connection.send(encoded, 0, encoded.length);
    figures.sent(PREFIX_BYTES + (long) encoded.length);
  }

  /// Gives the last answer; further ones are not given.
  void answer(Command command, MessageLite message) {
    answer(encoded(command, message));
  }

  /// Gives an empty last answer.
  void answer(Command command) {
    answer(encoded(command, NOTHING));
  }

  /// Gives a last answer in words.
  void answer(Command command, String words) {
    answer(encoded(command, words.getBytes(StandardCharsets.UTF_8)));
  }

  /// Gives the last answer.
  ///
  /// @param encoded a package
  void answer(byte[] encoded) {
    if (!over) {
      say(encoded);
      end(Command.name(encoded[0]));
    }
  }

  /// Needs no answer, or none any more.
  void end() {
    end("");
  }

  private void end(String answer) {
    if (!over) {
      over = true;
      ended.over(answer);
    }
  }
}
