// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.impl.transports.NioTransport;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import org.jspecify.annotations.Nullable;

/// The JDK's sockets, with a doorkeeper: Vert.x shows a connection only after it has spoken, and
/// the ones that never do must be counted and watched as well.
final class GuardedTransport implements io.vertx.core.transport.Transport {

  private final EdgeOptions options;
  private final Admission admission;
  private final HostileLog log;
  private final boolean tls;

  GuardedTransport(EdgeOptions options, Admission admission, HostileLog log, boolean tls) {
    this.options = options;
    this.admission = admission;
    this.log = log;
    this.tls = tls;
  }

  @Override
  public String name() {
    return "guarded-nio";
  }

  @Override
  public boolean available() {
    return true;
  }

  @Override
  public @Nullable Throwable unavailabilityCause() {
    return null;
  }

  @Override
  public Transport implementation() {
    return new NioTransport() {
      @Override
      public void configure(TcpConfig config, boolean domainSocket, ServerBootstrap bootstrap) {
        super.configure(config, domainSocket, bootstrap);
        bootstrap.handler(new Doorkeeper());
      }
    };
  }

  /// Sees each connection after it was accepted and before anybody else does.
  @ChannelHandler.Sharable
  private final class Doorkeeper extends ChannelInboundHandlerAdapter {

    /// Without it, each reply that another thread caused is flushed by itself: five times the work.
    private static final int FLUSHES_CONSOLIDATED_MAX = 256;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      var channel = (Channel) message;
      var admitted = admission.admit(channel);
      if (admitted.isEmpty()) {
        return;
      }
      var guard = new Guard(options.openingTimeout(), options.keepAlive(), admitted.get(), log);
      channel
          .pipeline()
          .addLast(new FlushConsolidationHandler(FLUSHES_CONSOLIDATED_MAX, true))
          .addLast(guard)
          .addLast(tls ? new TlsOnly(guard) : new FirstBytes(guard));
      context.fireChannelRead(message);
    }
  }
}
