// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
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

  /// What came before it could be judged.
  private @Nullable ByteBuf first;

  private boolean judged;
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
    if (judged || !(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    var soFar = first == null ? bytes : Unpooled.wrappedBuffer(first, bytes);
    first = null;
    switch (Opening.of(soFar)) {
      case WAIT -> first = soFar;
      case GO_ON -> {
        judged = true;
        context.fireChannelRead(soFar);
      }
      case BROKEN -> {
        judged = true;
        soFar.release();
        close("it does not begin as HTTP/2 must");
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (first != null) {
      first.release();
      first = null;
    }
    context.fireChannelInactive();
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
    schedule(this::checkAlive, keepAlive);
  }

  private void checkOpened() {
    if (connection == null) {
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

  private void close(String why) {
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
