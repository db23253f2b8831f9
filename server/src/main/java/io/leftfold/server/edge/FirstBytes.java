// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/// Holds the first bytes of a connection back until [Opening] has judged them; with TLS, those
/// within it.
final class FirstBytes extends ChannelInboundHandlerAdapter {

  private final Guard guard;

  private boolean isHttp2;
  private boolean judged;

  /// What came before it could be judged.
  private @Nullable ByteBuf first;

  FirstBytes(Guard guard) {
    this.guard = guard;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (judged || !(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    var soFar = first == null ? bytes : Unpooled.wrappedBuffer(first, bytes);
    first = null;
    switch (Opening.of(soFar, isHttp2)) {
      case WAIT -> first = soFar;
      case GO_ON -> {
        judged = true;
        context.fireChannelRead(soFar);
      }
      case BROKEN -> {
        judged = true;
        soFar.release();
        guard.close("it does not begin as HTTP/2 must");
      }
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        var tls = context.pipeline().get(SslHandler.class);
        isHttp2 = tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
      } else {
        guard.complainOnce("no TLS came about: " + reason(handshake.cause()));
      }
    }
    context.fireUserEventTriggered(event);
  }

  /// Without the bytes of the peer, which Netty shows of what is not TLS.
  private static String reason(Throwable cause) {
    var message = String.valueOf(cause.getMessage());
    var bytes = message.indexOf("record: ");
    return bytes < 0 ? message : message.substring(0, bytes + "record".length());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (first != null) {
      first.release();
      first = null;
    }
    context.fireChannelInactive();
  }
}
