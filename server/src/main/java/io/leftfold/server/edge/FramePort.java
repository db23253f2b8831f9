// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.leftfold.server.tls.Identity;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A second port of the edge, for those who speak in frames: the same event loops, the same counts
/// of what is held, the same doorkeeper.
final class FramePort {

  private static final int ACCEPT_BACKLOG = 1024;

  private final FrameOptions options;
  private final Duration openingTimeout;
  private final FrameHandler handler;
  private final Admission admission;
  private final HostileLog log;
  private final Executor handshakes;
  private final Map<EventLoop, Loop> loops;
  private final Set<FramedConnection> open = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();

  private volatile @Nullable SslContext tls;
  private volatile boolean closing;
  private @Nullable Channel listening;

  /// @param handshakes works on TLS handshakes, beside the event loops
  FramePort(
      FrameOptions options,
      Duration openingTimeout,
      FrameHandler handler,
      Admission admission,
      HostileLog log,
      Executor handshakes,
      List<Loop> loops) {
    this.options = options;
    this.openingTimeout = openingTimeout;
    this.handler = handler;
    this.admission = admission;
    this.log = log;
    this.handshakes = handshakes;
    this.loops = loops.stream().collect(Collectors.toMap(Loop::eventLoop, Function.identity()));
  }

  /// Shows a certificate from now on; without one, plain text is spoken.
  void show(Identity identity) throws IOException {
    tls = Encryption.context(identity);
  }

  /// Listens.
  ///
  /// @throws IOException if the port cannot be had
  void listen(String host, EventLoopGroup acceptors, EventLoopGroup eventLoops) throws IOException {
    var bound =
        new ServerBootstrap()
            .group(acceptors, eventLoops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .handler(new Doorkeeper())
            .childHandler(new Greeting())
            .bind(host, options.port());
    if (!bound.awaitUninterruptibly().isSuccess()) {
      throw new IOException(
          "Cannot listen on %s:%d: %s"
              .formatted(host, options.port(), String.valueOf(bound.cause().getMessage())),
          bound.cause());
    }
    listening = bound.channel();
  }

  int port() {
    return listening != null && listening.localAddress() instanceof InetSocketAddress address
        ? address.getPort()
        : 0;
  }

  /// Takes no more connections, and has those that are there come to an end.
  ///
  /// @return completes when all are closed
  CompletableFuture<@Nullable Void> shutDown() {
    closing = true;
    if (listening != null) {
      var _ = listening.close();
    }
    open.forEach(connection -> connection.onLoop(connection::shuttingDown));
    endIfEmpty();
    return ended;
  }

  /// Closes those that are left.
  void closeAll() {
    open.forEach(connection -> connection.onLoop(connection::shutDown));
  }

  void opened(FramedConnection connection) {
    open.add(connection);
    if (closing) {
      connection.onLoop(connection::shuttingDown);
    }
  }

  void closed(FramedConnection connection) {
    open.remove(connection);
    endIfEmpty();
  }

  /// How many connections have something under way.
  int busy() {
    return (int) open.stream().filter(FramedConnection::isBusy).count();
  }

  private void endIfEmpty() {
    if (closing && open.isEmpty()) {
      ended.complete(null);
    }
  }

  /// Sees each connection after it was accepted and before anybody else does.
  private final class Doorkeeper extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var channel = (Channel) message;
      var admitted = admission.admit(channel);
      if (admitted.isPresent()) {
        channel.attr(FramedConnection.SHARE).set(admitted.get());
        context.fireChannelRead(message);
      }
    }
  }

  @ChannelHandler.Sharable
  private final class Greeting extends ChannelInitializer<Channel> {

    private static final int FLUSHES_CONSOLIDATED_MAX = 256;

    @Override
    protected void initChannel(Channel channel) {
      var loop = loops.get(channel.eventLoop());
      var share = channel.attr(FramedConnection.SHARE).get();
      if (loop == null || share == null) {
        throw new IllegalStateException("A connection came in by another way");
      }
      share.on(loop);
      var pipeline = channel.pipeline();
      var _ = pipeline.addLast(new FlushConsolidationHandler(FLUSHES_CONSOLIDATED_MAX, true));
      var context = tls;
      if (context != null) {
        var handshake = context.newHandler(channel.alloc(), handshakes);
        handshake.setHandshakeTimeout(
            Encryption.handshakeTimeout(openingTimeout).toMillis(), TimeUnit.MILLISECONDS);
        var _ = pipeline.addLast(handshake);
      }
      var _ =
          pipeline.addLast(
              new FramedConnection(FramePort.this, channel, loop, share, options, handler, log));
    }
  }
}
