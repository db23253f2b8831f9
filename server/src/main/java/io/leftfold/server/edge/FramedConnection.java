// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One connection that speaks in frames, from its opening to its end. Everything happens on its
/// event loop.
///
/// What it sends is written at the end of a turn, in one piece. It is *not heard* while its
/// listener wants that, and while more of its answers wait to be taken than any stream of answers
/// leaves there: whoever asks and takes nothing is not asked further.
///
/// Silence is looked for twice an interval. Any byte that came is a sign of life; so is time in
/// which it was not heard, if it takes what it is sent.
final class FramedConnection extends ChannelInboundHandlerAdapter
    implements FrameConnection, Conversation, Deframer.Sink {

  static final AttributeKey<Share> SHARE = AttributeKey.valueOf(FramedConnection.class, "share");

  private static final int PREFIX_BYTES = Integer.BYTES;

  /// What streams of answers leave untaken, and what is left when it is heard no more.
  private static final int UNTAKEN_BYTES_MAX = 4 * Loop.CHUNK_BYTES;

  private static final int HEARD_BYTES_MAX = 1024 * 1024;

  private static final int HALVES = 2;

  /// How many times as large as what it holds an array may be that waits to be taken.
  private static final int WASTE_MAX = 4;

  private final FramePort port;
  private final Channel channel;
  private final Loop loop;
  private final Share share;
  private final FrameOptions options;
  private final FrameHandler handler;
  private final HostileLog log;
  private final Deframer deframer = new Deframer(Deframer.Prefix.LITTLE_ENDIAN);
  private final Backlog backlog = new Backlog();
  private final ArrayDeque<Runnable> whenReady = new ArrayDeque<>();

  private @Nullable FrameListener listener;
  private @Nullable Trickle arriving;

  private byte @Nullable [] chunk;
  private int chunkBytes;
  private boolean writesLater;
  private long untakenBytes;
  private long requestBytes;
  private boolean awaitsRoom;
  private boolean runsSoon;

  private boolean paused;
  private boolean feeding;
  private boolean active;
  private int silentHalves;
  private boolean complained;
  private boolean shuttingDown;
  private boolean ended;

  FramedConnection(
      FramePort port,
      Channel channel,
      Loop loop,
      Share share,
      FrameOptions options,
      FrameHandler handler,
      HostileLog log) {
    this.port = port;
    this.channel = channel;
    this.loop = loop;
    this.share = share;
    this.options = options;
    this.handler = handler;
    this.log = log;
  }

  // ---- from the network

  @Override
  public void channelActive(ChannelHandlerContext context) {
    inTurn(() -> listener = handler.open(this));
    port.opened(this);
    lookLater(this::checkAlive, options.heartbeat().interval().dividedBy(HALVES));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof ByteBuf buffer)) {
      context.fireChannelRead(message);
      return;
    }
    active = true;
    var bytes = ByteBufUtil.getBytes(buffer);
    buffer.release();
    if (ended || shuttingDown) {
      return;
    }
    var taken = isHeard() && backlog.isEmpty() ? feed(bytes, 0, bytes.length) : 0;
    if (taken < bytes.length && !ended) {
      hold(bytes, taken, bytes.length - taken);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    hearOrNot();
    context.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    gone();
    port.closed(this);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      complainOnce("no TLS came about on the port of the old TCP protocol");
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof OutOfMemoryError fatal) {
      throw fatal;
    }
    if (!(cause instanceof IOException) && !complained) {
      complainOnce(
          "what it sent could not be taken (%s)".formatted(cause.getClass().getSimpleName()));
    }
    var _ = channel.close();
  }

  private void complainOnce(String what) {
    if (!complained) {
      complained = true;
      log.peerOnce(channel.remoteAddress(), what);
    }
  }

  private boolean isHeard() {
    return !paused && untakenBytes < HEARD_BYTES_MAX;
  }

  private void hold(byte[] bytes, int offset, int length) {
    var memory = backlog.memory();
    backlog.add(bytes, offset, length);
    count(backlog.memory() - memory);
    hearOrNot();
  }

  /// Reads of the socket what can be taken, and first what has come before.
  private void hearOrNot() {
    if (ended || shuttingDown) {
      return;
    }
    if (!feeding && isHeard() && !backlog.isEmpty()) {
      // Taken off first: what the listener keeps of it would count twice.
      count(-backlog.memory());
      var taken = feed(backlog.bytes(), backlog.from(), backlog.size());
      if (ended) {
        return;
      }
      backlog.taken(taken);
      count(backlog.memory());
    }
    channel.config().setAutoRead(isHeard() && backlog.isEmpty());
  }

  /// Has bytes cut into frames.
  ///
  /// @return how many were taken before the connection was held up
  private int feed(byte[] bytes, int offset, int length) {
    var taken = 0;
    loop.enter();
    feeding = true;
    try {
      taken = deframer.feed(bytes, offset, length, this);
      watchArrival(taken);
    } catch (RuntimeException | Error e) {
      broken(e);
    } finally {
      feeding = false;
      loop.exit();
    }
    return taken;
  }

  private void watchArrival(int came) {
    if (ended || !deframer.isWithinMessage()) {
      endArrival();
      return;
    }
    if (arriving == null) {
      arriving = new Trickle();
      loop.watch(this);
    }
    arriving.came(came);
  }

  private void endArrival() {
    if (arriving != null) {
      arriving = null;
      loop.unwatch(this);
    }
  }

  @Override
  public void checkArrival(Duration period) {
    if (arriving != null && arriving.isPretence(isHeard(), Trickle.least(period))) {
      close("a frame that it began did not come within %d ms".formatted(period.toMillis()));
    }
  }

  @Override
  public boolean wantsMore() {
    return !ended && !shuttingDown && isHeard();
  }

  @Override
  public void message(int flag, byte[] bytes, int offset, int length) {
    if (arriving != null) {
      arriving.begun();
    }
    if (listener != null) {
      listener.frame(bytes, offset, length);
    }
  }

  @Override
  public int messageBytesMax() {
    return options.frameBytesMax();
  }

  @Override
  public void tooLong(long length) {
    if (listener != null) {
      listener.oversized((int) length);
    }
    close("it announced a frame of %d bytes".formatted((int) length));
  }

  @Override
  public void collecting(int more) {
    count(more);
  }

  // ---- silence

  private void checkAlive() {
    silentHalves = isActive() ? 0 : silentHalves + 1;
    active = false;
    if (silentHalves < HALVES) {
      lookLater(this::checkAlive, options.heartbeat().interval().dividedBy(HALVES));
      return;
    }
    inTurn(() -> {
      if (listener != null) {
        listener.silent();
      }
    });
    lookLater(this::checkAnswered, options.heartbeat().timeout());
  }

  private void checkAnswered() {
    if (isActive()) {
      checkAlive();
    } else {
      close(
          "it was silent for %d ms, and has not answered a heartbeat within %d ms"
              .formatted(
                  options.heartbeat().interval().toMillis(),
                  options.heartbeat().timeout().toMillis()));
    }
  }

  /// A connection that is held up although its peer has taken everything waits for this side.
  private boolean isActive() {
    return active || (paused && untakenBytes == 0);
  }

  private void lookLater(Runnable check, Duration delay) {
    var _ =
        loop.schedule(
            () -> {
              if (!ended) {
                check.run();
              }
            },
            delay);
  }

  // ---- answering

  @Override
  public Peer peer() {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? new Peer(address.getAddress().getHostAddress(), address.getPort())
        : Peer.UNKNOWN;
  }

  @Override
  public void send(byte[] bytes, int offset, int length) {
    loop.requireInside();
    if (ended) {
      return;
    }
    var needed = PREFIX_BYTES + length;
    if (chunk != null && needed > Loop.CHUNK_BYTES - chunkBytes) {
      write();
    }
    sent(needed);
    if (needed > Loop.CHUNK_BYTES) {
      var prefix = new byte[PREFIX_BYTES];
      prefix(prefix, 0, length);
      write(
          Unpooled.wrappedBuffer(
              Unpooled.wrappedBuffer(prefix), Unpooled.wrappedBuffer(bytes, offset, length)),
          needed,
          null);
      return;
    }
    var into = chunk;
    if (into == null) {
      chunkBytes = 0;
      into = loop.takeChunk();
      chunk = into;
      if (!writesLater) {
        writesLater = true;
        loop.writeLater(this);
      }
    }
    prefix(into, chunkBytes, length);
    System.arraycopy(bytes, offset, into, chunkBytes + PREFIX_BYTES, length);
    chunkBytes += needed;
  }

  private static void prefix(byte[] into, int at, int length) {
    into[at] = (byte) length;
    into[at + 1] = (byte) (length >>> 8);
    into[at + 2] = (byte) (length >>> 16);
    into[at + 3] = (byte) (length >>> 24);
  }

  @Override
  public void write() {
    writesLater = false;
    var full = chunk;
    if (full != null) {
      chunk = null;
      if (chunkBytes > Loop.CHUNK_BYTES / WASTE_MAX) {
        write(Unpooled.wrappedBuffer(full, 0, chunkBytes), chunkBytes, full);
      } else {
        // A small answer does not keep a large array for as long as nobody takes it.
        write(Unpooled.wrappedBuffer(Arrays.copyOf(full, chunkBytes)), chunkBytes, null);
        loop.giveBack(full);
      }
    }
    closeIfThrough();
  }

  private void write(ByteBuf bytes, int length, byte @Nullable [] chunkOfLoop) {
    channel
        .writeAndFlush(bytes)
        .addListener(written -> taken(length, written.isSuccess() ? chunkOfLoop : null));
  }

  private void sent(int length) {
    untakenBytes += length;
    share.addAnswers(length);
  }

  private void taken(int length, byte @Nullable [] chunkOfLoop) {
    if (chunkOfLoop != null) {
      loop.giveBack(chunkOfLoop);
    }
    if (ended) {
      return; // all of it was taken off at the end
    }
    if (!isHeard()) {
      active = true; // it takes what it is sent, and may have said that it lives
    }
    untakenBytes -= length;
    share.addAnswers(-length);
    if (!whenReady.isEmpty()) {
      runSoon();
    }
    if (!channel.config().isAutoRead() && untakenBytes <= HEARD_BYTES_MAX / 2) {
      hearOrNot();
    }
  }

  @Override
  public boolean ready() {
    return !ended && untakenBytes < UNTAKEN_BYTES_MAX && share.hasRoom(untakenBytes);
  }

  @Override
  public void onReady(Runnable task) {
    loop.requireInside();
    if (!ended) {
      whenReady.add(task);
      if (ready()) {
        runSoon();
      } else {
        awaitRoom();
      }
    }
  }

  @Override
  public void roomMade() {
    awaitsRoom = false;
    runIfReady();
  }

  /// What it has in flight itself is told to it; what others have it has to ask for.
  private void awaitRoom() {
    if (!ended && !awaitsRoom && untakenBytes < UNTAKEN_BYTES_MAX) {
      awaitsRoom = true;
      share.awaitRoom(this, untakenBytes);
    }
  }

  private void runSoon() {
    if (!runsSoon) {
      runsSoon = true;
      loop.slice(() -> {
        runsSoon = false;
        runIfReady();
      });
    }
  }

  private void runIfReady() {
    var task = ready() ? whenReady.poll() : null;
    if (task != null) {
      inTurn(task);
    }
    if (!whenReady.isEmpty() && !ended) {
      if (ready()) {
        runSoon();
      } else {
        awaitRoom();
      }
    }
  }

  @Override
  public void keep(long bytes) {
    loop.requireInside();
    count(bytes);
  }

  private void count(long more) {
    if (ended || more == 0) {
      return; // all of it was taken off at the end
    }
    var before = requestBytes;
    requestBytes += more;
    if (before == 0) {
      share.holds(this);
    } else if (requestBytes == 0) {
      share.holdsNothing(this);
    }
    share.addRequests(more).ifPresent(this::close);
  }

  @Override
  public long dispensableBytes() {
    return isBusy() ? 0 : requestBytes;
  }

  @Override
  public void giveWay(String why) {
    close(why);
  }

  @Override
  public void pause() {
    loop.requireInside();
    paused = true;
    channel.config().setAutoRead(false);
  }

  @Override
  public void resume() {
    loop.requireInside();
    if (paused) {
      paused = false;
      active = true;
      if (!feeding) {
        // Not within what resumes: it may be in the middle of something.
        loop.execute(this::hearOrNot);
      }
    }
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(() -> {
      inTurn(task);
      closeIfThrough();
    });
  }

  /// Runs something on the loop, be it closed or not.
  void onLoop(Runnable task) {
    loop.execute(task);
  }

  private void inTurn(Runnable task) {
    loop.enter();
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      broken(e);
    } finally {
      loop.exit();
    }
  }

  private void broken(Throwable e) {
    if (e instanceof OutOfMemoryError fatal) {
      throw fatal;
    }
    log.bug("the old TCP protocol", e);
    close("the server failed");
  }

  // ---- the end

  boolean isBusy() {
    return listener != null && listener.isBusy();
  }

  /// The server closes; see [FrameListener#shuttingDown].
  void shuttingDown() {
    if (ended || shuttingDown) {
      return;
    }
    shuttingDown = true;
    channel.config().setAutoRead(false);
    inTurn(() -> {
      if (listener != null) {
        listener.shuttingDown();
      }
    });
    closeIfThrough();
  }

  private void closeIfThrough() {
    if (shuttingDown && !ended && chunk == null && !isBusy()) {
      end();
    }
  }

  /// The server closes now.
  void shutDown() {
    end();
  }

  @Override
  public void close(String why) {
    if (!ended) {
      if (!complained) {
        complained = true;
        log.peer(String.valueOf(channel.remoteAddress()), why);
      }
      end();
    }
  }

  /// Says what was sent, and nothing more.
  private void end() {
    if (ended) {
      return;
    }
    var last = chunk == null ? Unpooled.EMPTY_BUFFER : Unpooled.copiedBuffer(chunk, 0, chunkBytes);
    chunk = null;
    gone();
    channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
    // Whoever takes nothing does not take this either.
    var _ =
        loop.schedule(
            () -> {
              var _ = channel.close();
            },
            options.heartbeat().timeout());
  }

  private void gone() {
    if (ended) {
      return;
    }
    ended = true;
    chunk = null;
    endArrival();
    backlog.clear();
    whenReady.clear();
    deframer.abandon(this);
    share.addAnswers(-untakenBytes);
    var _ = share.addRequests(-requestBytes);
    share.holdsNothing(this);
    var heard = listener;
    if (heard != null) {
      // In a turn of its own: it may be about to say something.
      loop.execute(() -> inTurn(heard::closed));
    }
  }

  @Override
  public boolean ended() {
    return ended;
  }
}
