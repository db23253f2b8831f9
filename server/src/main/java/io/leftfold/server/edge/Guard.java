// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Watches over one connection: that it opens in time, and that somebody is at its other end.
final class Guard extends ChannelDuplexHandler {

  private final Duration openingTimeout;
  private final Duration keepAlive;
  private final HostileLog log;

  private @Nullable ChannelHandlerContext context;
  private @Nullable HttpConnection connection;

  private boolean asked;
  private boolean active;
  private int silentPeriods;
  private boolean complained;

  Guard(Duration openingTimeout, Duration keepAlive, HostileLog log) {
    this.openingTimeout = openingTimeout;
    this.keepAlive = keepAlive;
    this.log = log;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    this.context = context;
    schedule(this::checkOpened, openingTimeout);
    context.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    active = true;
    context.fireChannelRead(message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (connection != null && connection.protocolVersion() != HttpVersion.HTTP_2) {
      active = true;
    }
    var _ = context.write(message, promise);
  }

  /// The connection has said what it is.
  void opened(HttpConnection connection) {
    this.connection = connection;
    asked |= connection.protocolVersion() == HttpVersion.HTTP_2;
    schedule(this::checkAlive, keepAlive);
  }

  /// A request of HTTP/1 has come. With TLS, Vert.x shows a connection before that.
  void asked() {
    asked = true;
  }

  private void checkOpened() {
    if (!asked) {
      close("it did not say what it wants within %d ms".formatted(openingTimeout.toMillis()));
    }
  }

  private void checkAlive() {
    silentPeriods = active ? 0 : silentPeriods + 1;
    active = false;
    if (silentPeriods >= 2) {
      var _ = context().close();
      return;
    }
    if (silentPeriods == 1
        && connection != null
        && connection.protocolVersion() == HttpVersion.HTTP_2) {
      connection.ping(Buffer.buffer(new byte[Long.BYTES]));
    }
    schedule(this::checkAlive, keepAlive);
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
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private ChannelHandlerContext context() {
    if (context == null) {
      throw new IllegalStateException("The connection is not active yet");
    }
    return context;
  }
}
