// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Watches over one connection: that it opens in time, that what it begins to say comes, that it
/// does not keep the server busy with nothing, and that somebody is at its other end.
///
/// A connection that was silent for two halves of the interval is asked for a sign of life, and any
/// byte is one.
///
/// A connection that is to be closed after an answer while its request is still coming is closed
/// slowly: a socket that is closed with bytes unread resets its peer, which then misses the answer.
/// So the answer goes out and the end behind it, what comes is thrown away, and when the peer has
/// seen the end, has sent too much, or has taken too long, the connection is closed.
final class Guard extends ChannelDuplexHandler {

  private static final int HALVES = 2;

  /// Frames of HTTP/2 that ask for an answer and are no part of a call, in half of an interval.
  private static final int CONTROL_FRAMES_MAX = 2_000;

  /// What is thrown away of a request that was refused. It costs a read of the socket, so this is
  /// far above any body that is taken.
  private static final long LINGERING_BYTES_MAX = 256 * 1024 * 1024;

  private static final Duration LINGERING_MAX = Duration.ofSeconds(5);

  private final Duration openingTimeout;
  private final KeepAlive keepAlive;
  private final Share share;
  private final HostileLog log;
  private final Arrival arrival = new Arrival();

  private @Nullable ChannelHandlerContext context;
  private @Nullable HttpConnection connection;

  private boolean asked;
  private boolean active;
  private int silentHalves;
  private int controlFrames;
  private boolean complained;
  private boolean heldUp;
  private boolean refused;
  private boolean lingering;
  private long thrownAway;

  Guard(Duration openingTimeout, KeepAlive keepAlive, Share share, HostileLog log) {
    this.openingTimeout = openingTimeout;
    this.keepAlive = keepAlive;
    this.share = share;
    this.log = log;
  }

  /// What the connection holds.
  Share share() {
    return share;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    this.context = context;
    schedule(this::checkOpened, openingTimeout);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (lingering) {
      throwAway(context, message);
      return;
    }
    active = true;
    if (message instanceof ByteBuf bytes) {
      arrival.came(bytes.readableBytes());
    }
    context.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (connection != null && !isHttp2(connection)) {
      active = true;
    }
    var _ = context.write(message, promise);
  }

  /// Closes at once, but for a connection of which a request was refused.
  @Override
  public void close(ChannelHandlerContext context, ChannelPromise promise) {
    if (!refused || !context.channel().isActive()) {
      var _ = context.close(promise);
      return;
    }
    var _ = context.channel().closeFuture().addListener(_ -> promise.trySuccess());
    if (!lingering) {
      lingering = true;
      linger(context);
    }
  }

  private void linger(ChannelHandlerContext context) {
    var channel = context.channel();
    var _ =
        context
            .writeAndFlush(Unpooled.EMPTY_BUFFER)
            .addListener(_ -> {
              var _ = ((DuplexChannel) channel).shutdownOutput();
            });
    channel.config().setAutoRead(true);
    schedule(
        this::close, openingTimeout.compareTo(LINGERING_MAX) < 0 ? openingTimeout : LINGERING_MAX);
  }

  private void throwAway(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      thrownAway += bytes.readableBytes();
    }
    var _ = ReferenceCountUtil.release(message);
    if (thrownAway > LINGERING_BYTES_MAX) {
      var _ = context.close();
    }
  }

  /// When a peer has asked for more than its socket takes, it is not heard until it has taken some.
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.fireChannelReadComplete();
    var queue = context.channel().unsafe().outboundBuffer();
    if (queue != null
        && connection != null
        && isHttp2(connection)
        && share.isBehind(queue.totalPendingWriteBytes())) {
      heldUp = true;
      context.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (context.channel().isWritable()) {
      var _ = share.isBehind(0);
      if (heldUp) {
        heldUp = false;
        context.channel().config().setAutoRead(true);
      }
    }
    context.fireChannelWritabilityChanged();
  }

  private static boolean isHttp2(HttpConnection connection) {
    return connection.protocolVersion() == HttpVersion.HTTP_2;
  }

  /// The connection has said what it is.
  void opened(HttpConnection connection) {
    this.connection = connection;
    if (isHttp2(connection)) {
      asked = true;
      connection.pingHandler(_ -> controlFrame()).remoteSettingsHandler(_ -> controlFrame());
    } else {
      schedule(this::checkArrival, openingTimeout);
    }
    schedule(this::checkAlive, keepAlive.interval().dividedBy(HALVES));
  }

  /// A request of HTTP/1 has come. With TLS, Vert.x shows a connection before that.
  void asked(HttpServerRequest request) {
    asked = true;
    arrival.begun(request);
  }

  /// A request is answered before it has come whole, or cannot be understood: what comes after it
  /// is none, and the connection is closed slowly.
  void refused() {
    refused = true;
  }

  /// Whether what comes is a request no more.
  boolean isRefused() {
    return refused;
  }

  private void checkOpened() {
    if (!asked) {
      close("it did not say what it wants within %d ms".formatted(openingTimeout.toMillis()));
    }
  }

  private void checkArrival() {
    if (lingering) {
      return;
    }
    if (arrival.isPretence(openingTimeout)) {
      close(
          "a request that it began did not come within %d ms".formatted(openingTimeout.toMillis()));
    } else {
      schedule(this::checkArrival, openingTimeout);
    }
  }

  private void controlFrame() {
    if (++controlFrames > CONTROL_FRAMES_MAX) {
      close(
          "it sent more than %d PING and SETTINGS within %d ms"
              .formatted(CONTROL_FRAMES_MAX, keepAlive.interval().dividedBy(HALVES).toMillis()));
    }
  }

  private void checkAlive() {
    controlFrames = 0;
    silentHalves = active ? 0 : silentHalves + 1;
    active = false;
    if (silentHalves < HALVES) {
      schedule(this::checkAlive, keepAlive.interval().dividedBy(HALVES));
      return;
    }
    if (connection != null && isHttp2(connection)) {
      var _ = connection.ping(Buffer.buffer(new byte[Long.BYTES]));
    }
    schedule(this::checkAnswered, keepAlive.timeout());
  }

  private void checkAnswered() {
    if (active || arrival.isUnanswered()) {
      checkAlive();
    } else {
      var _ = context().close();
    }
  }

  /// The peer broke a rule: says so, once.
  void complain(String what) {
    if (!complained) {
      complained = true;
      log.peer(String.valueOf(context().channel().remoteAddress()), what);
    }
  }

  /// The peer broke a rule that it will break again whenever it comes: says so, once in a while for
  /// each machine.
  void complainOnce(String what) {
    if (!complained) {
      complained = true;
      log.peerOnce(context().channel().remoteAddress(), what);
    }
  }

  /// Closes the connection, whatever still waits for it.
  void close() {
    var _ = context().close();
  }

  /// Says why, and closes the connection.
  void close(String why) {
    if (context().channel().isOpen()) {
      complain(why);
      var _ = context().close();
    }
  }

  private void schedule(Runnable check, Duration delay) {
    var channel = context().channel();
    var _ =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  if (channel.isOpen()) {
                    check.run();
                  }
                },
                delay.toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("The connection is not active yet");
    }
    return context;
  }
}
