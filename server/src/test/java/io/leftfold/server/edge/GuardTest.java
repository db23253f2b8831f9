// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Sockets are left out: when the buffers of two kernels are full both ways, neither hears for long
/// of the other's room, and a peer that takes no answers is not always heard up to the limit.
final class GuardTest {

  private static final int ANSWER_BYTES = 32 * 1024;
  private static final int LIMIT = 10 * ANSWER_BYTES;
  private static final int MUCH = 1_000 * ANSWER_BYTES;

  @Test
  void a_peer_that_asks_on_and_takes_no_answers_is_not_heard_until_it_does() {
    var budget = budget(MUCH, LIMIT);
    var channel = channel(budget, HttpVersion.HTTP_2);

    askUntilNotHeard(channel);
    assertThat(budget.unlimitedBytes()).isBetween((long) LIMIT, LIMIT + 2L * ANSWER_BYTES);

    takeAnswers(channel);
    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(budget.unlimitedBytes()).isZero();
    askUntilNotHeard(channel);
    takeAnswers(channel);
  }

  @Test
  void nor_is_one_when_all_together_take_too_few() {
    var budget = budget(LIMIT, MUCH);
    var other = channel(budget, HttpVersion.HTTP_2);
    askUntilNotHeard(other);
    var channel = channel(budget, HttpVersion.HTTP_2);

    // The first that lie in the socket are nobody's fault.
    for (var i = 0; i < 8; i++) {
      ask(channel);
    }
    assertThat(channel.config().isAutoRead()).isFalse();

    takeAnswers(other);
    takeAnswers(channel);
    assertThat(budget.unlimitedBytes()).isZero();
  }

  @Test
  void http_1_answers_one_after_another_and_is_heard() {
    var channel = channel(budget(LIMIT, LIMIT), HttpVersion.HTTP_1_1);

    for (var i = 0; i < 100; i++) {
      ask(channel);
    }

    assertThat(channel.config().isAutoRead()).isTrue();
    takeAnswers(channel);
  }

  private static Budget budget(long all, long perConnection) {
    return new Budget(
        EdgeOptions.defaults().limits().withAnswers(all, perConnection), new Refusals(() -> 0));
  }

  private static EmbeddedChannel channel(Budget budget, HttpVersion version) {
    var guard =
        new Guard(
            Duration.ofHours(1),
            new KeepAlive(Duration.ofHours(1), Duration.ofHours(1)),
            new Share(budget),
            new HostileLog(() -> 0));
    var channel = new EmbeddedChannel(guard, new Answering());
    guard.opened(connection(version));
    return channel;
  }

  private static HttpConnection connection(HttpVersion version) {
    return (HttpConnection)
        Proxy.newProxyInstance(
            GuardTest.class.getClassLoader(),
            new Class<?>[] {HttpConnection.class},
            (self, method, _) -> method.getName().equals("protocolVersion") ? version : self);
  }

  private static void askUntilNotHeard(EmbeddedChannel channel) {
    for (var asked = 0; channel.config().isAutoRead(); asked++) {
      assertThat(asked).isLessThan(100);
      ask(channel);
    }
  }

  private static void ask(EmbeddedChannel channel) {
    channel.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
  }

  private static void takeAnswers(EmbeddedChannel channel) {
    channel.flushOutbound();
    channel.releaseOutbound();
  }

  /// Its answers lie in the queue until somebody takes them.
  private static final class Answering extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ((ByteBuf) message).release();
      var _ = context.write(Unpooled.wrappedBuffer(new byte[ANSWER_BYTES]));
    }
  }
}
