// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import io.leftfold.server.edge.Edge;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Sends an answer in parts while it is written, and waits for the caller when four of them were
/// not taken. What fits in one part goes out with its length. Of one thread; parts go out on the
/// event loop.
final class AnswerOut extends OutputStream {

  private static final int PART_BYTES = 32 * 1024;
  private static final int PARTS_UNTAKEN_MAX = 4;

  private final Context loop;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Answer answer;
  private final Presence presence;
  private final Duration patience;
  private final Semaphore room = new Semaphore(PARTS_UNTAKEN_MAX);
  private byte[] part = new byte[1024];
  private int length;
  private boolean begun;

  AnswerOut(
      Context loop,
      HttpServerRequest request,
      Answer answer,
      Presence presence,
      Duration patience) {
    this.loop = loop;
    this.request = request;
    this.response = request.response();
    this.answer = answer;
    this.presence = presence;
    this.patience = patience;
    presence.onGone(() -> room.release(PARTS_UNTAKEN_MAX));
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    var from = offset;
    var left = count;
    while (left > 0) {
      if (length == PART_BYTES) {
        sendPart();
      }
      var fits = Math.min(left, PART_BYTES - length);
      if (length + fits > part.length) {
        part =
            java.util.Arrays.copyOf(
                part, Math.min(PART_BYTES, Math.max(4 * part.length, length + fits)));
      }
      System.arraycopy(bytes, from, part, length, fits);
      length += fits;
      from += fits;
      left -= fits;
    }
  }

  /// Sends what there is.
  @Override
  public void flush() throws IOException {
    if (length > 0) {
      sendPart();
    }
  }

  private void sendPart() throws IOException {
    awaitRoom();
    var bytes = Buffer.buffer(length).appendBytes(part, 0, length);
    var first = !begun;
    begun = true;
    length = 0;
    onLoop(() -> {
      if (response.closed()) {
        presence.end();
        return;
      }
      if (first) {
        head();
        response.setChunked(true);
      }
      response.write(bytes).onComplete(_ -> room.release());
    });
  }

  /// Does something on the event loop; nothing if the server has closed, and with it all
  /// connections.
  private void onLoop(Runnable work) {
    try {
      loop.runOnContext(_ -> work.run());
    } catch (RejectedExecutionException _) {
      presence.end();
    }
  }

  private void awaitRoom() throws IOException {
    try {
      if (!room.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        onLoop(() -> Edge.leave(request, patience));
        throw new IOException("The caller took nothing for " + patience);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    if (presence.isGone()) {
      throw new IOException("The caller is gone");
    }
  }

  /// Whether something went out already, so that nothing else can be answered.
  boolean isBegun() {
    return begun;
  }

  private void head() {
    response.setStatusCode(answer.status());
    if (!answer.reason().isEmpty()) {
      response.setStatusMessage(plain(answer.reason()));
    }
    for (var header : answer.headers()) {
      response.headers().add(header.name(), header.value());
    }
  }

  /// What can stand in a status line.
  private static String plain(String reason) {
    var plain = new StringBuilder(reason.length());
    reason.chars().limit(256).forEach(c -> plain.append(c >= ' ' && c < 0x7f ? (char) c : '?'));
    return plain.toString();
  }

  /// Sends what is left, and is done.
  @Override
  public void close() {
    var bytes = Buffer.buffer(length).appendBytes(part, 0, length);
    var whole = !begun;
    onLoop(() -> {
      if (response.closed() || response.ended()) {
        return;
      }
      if (whole) {
        head();
      }
      var _ = response.end(bytes);
    });
  }

  /// Ends the connection, for the answer cannot be ended any more.
  void breakOff() {
    onLoop(() -> {
      if (!response.closed() && !response.ended()) {
        Edge.breakOff(request);
      }
    });
  }
}
