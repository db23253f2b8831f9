// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;

/// Stands before TLS and looks at the first byte: whoever does not begin a handshake is told so, in
/// the words of what it seems to speak, and closed.
///
/// ```
/// HTTP/2: | length 3 = 0 | type 1 = 4 | flags 1 | stream 4 = 0 |           settings, none
///         | length 3 | type 1 = 7 | flags 1 | stream 4 = 0 | last stream 4 = 0 | error 4 = 1 | text |
/// ```
final class TlsOnly extends ChannelInboundHandlerAdapter {

  private static final int HANDSHAKE = 22;
  private static final int FRAME_HEADER_BYTES = 9;
  private static final int SETTINGS = 4;
  private static final int GO_AWAY = 7;
  private static final int GO_AWAY_BYTES = 8;
  private static final int PROTOCOL_ERROR = 1;

  /// How the preface of HTTP/2 begins.
  private static final String HTTP_2 = "PRI";

  private static final String ADVICE =
      "This port speaks TLS only: connect with tls=true, or https://";

  private final Guard guard;

  TlsOnly(Guard guard) {
    this.guard = guard;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
      context.fireChannelRead(message);
      return;
    }
    var pipeline = context.pipeline();
    var begin = bytes.getUnsignedByte(bytes.readerIndex());
    if (begin == HANDSHAKE) {
      var tls = pipeline.context(SslHandler.class);
      pipeline.addAfter(tls.name(), null, new FirstBytes(guard));
      pipeline.remove(this);
      context.fireChannelRead(message);
      return;
    }
    var answer = answer(bytes);
    bytes.release();
    guard.complainOnce(
        "it does not speak TLS, and this port speaks nothing else. It should connect with tls=true (https://); or serve with disable-tls or insecure");
    context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
  }

  private static ByteBuf answer(ByteBuf bytes) {
    var start =
        bytes.toString(
            bytes.readerIndex(),
            Math.min(bytes.readableBytes(), HTTP_2.length()),
            StandardCharsets.US_ASCII);
    if (start.equals(HTTP_2)) {
      return goAway();
    }
    return start.chars().allMatch(c -> c >= ' ' && c <= '~') ? badRequest() : Unpooled.EMPTY_BUFFER;
  }

  private static ByteBuf badRequest() {
    var body = ADVICE + "\n";
    return Unpooled.copiedBuffer(
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain\r\ncontent-length: %d\r\n\r\n%s"
            .formatted(body.length(), body),
        StandardCharsets.US_ASCII);
  }

  private static ByteBuf goAway() {
    var advice = ADVICE.getBytes(StandardCharsets.US_ASCII);
    var bytes = Unpooled.buffer(2 * FRAME_HEADER_BYTES + GO_AWAY_BYTES + advice.length);
    header(bytes, 0, SETTINGS);
    header(bytes, GO_AWAY_BYTES + advice.length, GO_AWAY);
    return bytes.writeInt(0).writeInt(PROTOCOL_ERROR).writeBytes(advice);
  }

  private static void header(ByteBuf bytes, int length, int type) {
    bytes.writeMedium(length).writeByte(type).writeByte(0).writeInt(0);
  }
}
