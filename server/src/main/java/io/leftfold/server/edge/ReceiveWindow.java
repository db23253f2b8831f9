// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/// How much more a peer may send on one stream of HTTP/2.
///
/// Pausing a request of Vert.x would do the same, but queue what has come already frame by frame: a
/// frame of one byte takes more than a hundred there, and nobody counts them. So requests are never
/// paused; what comes is taken at once, and while the window is shut the peer is not told that it
/// was. The connection's window stays open: a call that is held up does not hold up others.
final class ReceiveWindow {

  private final ChannelHandlerContext context;
  private final Http2ConnectionHandler http2;
  private final int streamId;

  /// By how much the window is smaller than it is to be.
  private int withheld;

  ReceiveWindow(HttpServerRequest request) {
    if (!(request.connection() instanceof ConnectionBase connection
        && connection.channelHandlerContext().handler()
            instanceof Http2ConnectionHandler handler)) {
      throw new IllegalStateException(
          "A request of HTTP/2 has a connection of Netty's, got " + request.connection());
    }
    this.context = connection.channelHandlerContext();
    this.http2 = handler;
    this.streamId = Math.toIntExact(request.streamId());
  }

  /// Lets the peer send what it was told that it may, and nothing beyond. To be repeated for what
  /// comes meanwhile: the peer's agreement to the settings widens windows.
  void shut() {
    var stream = stream();
    if (stream != null) {
      var width = http2.connection().local().flowController().initialWindowSize(stream);
      if (width > 0) {
        widen(stream, -width);
        withheld += width;
      }
    }
  }

  /// Lets the peer send as usual.
  void open() {
    var stream = stream();
    if (stream != null && withheld > 0) {
      widen(stream, withheld);
      withheld = 0;
      context.flush();
    }
  }

  private @Nullable Http2Stream stream() {
    var stream = http2.connection().stream(streamId);
    return stream != null && stream.state().remoteSideOpen() ? stream : null;
  }

  private void widen(Http2Stream stream, int by) {
    try {
      http2.connection().local().flowController().incrementWindowSize(stream, by);
    } catch (Http2Exception e) {
      throw new IllegalStateException(
          "The window of stream %d cannot be widened by %d".formatted(streamId, by), e);
    }
  }
}
