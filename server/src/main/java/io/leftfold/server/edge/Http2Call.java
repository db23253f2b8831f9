// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// One gRPC call on one stream of an HTTP/2 connection.
///
/// Answers leave in arrays, never in pooled buffers: a stream that is reset while its bytes wait in
/// the socket's queue would otherwise send what the pool has made of them since. An array comes
/// back to the loop only when it was written; after a failure it is left to the garbage collector.
final class Http2Call implements GrpcCall, Conversation, Deframer.Sink {

  /// What a reader may be behind before [#ready] says no.
  private static final int UNTAKEN_BYTES_MAX = 4 * Loop.CHUNK_BYTES;

  /// How many times as large as what it holds an array may be that waits to be taken.
  private static final int WASTE_MAX = 4;

  private static final int MESSAGE_CHARS_MAX = 2 * 1024;

  /// What is kept is told to the count of all calls in steps: most calls keep less, and shortly.
  private static final long KEPT_STEP_BYTES = 4 * 1024;

  private static final Duration TIMEOUT_WORTH_KEEPING = Duration.ofDays(30);

  private static final AsciiString CONTENT_TYPE = AsciiString.cached("content-type");
  private static final AsciiString GRPC = AsciiString.cached("application/grpc");
  private static final AsciiString ACCEPT_ENCODING = AsciiString.cached("grpc-accept-encoding");
  private static final AsciiString ENCODINGS = AsciiString.cached("identity,gzip");
  private static final AsciiString STATUS = AsciiString.cached("grpc-status");
  private static final AsciiString STATUS_OK = AsciiString.cached("0");
  private static final AsciiString MESSAGE = AsciiString.cached("grpc-message");

  private final Loop loop;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final HostileLog log;
  private final Share share;
  private final Runnable closed;

  /// Links of the loop's list.
  @Nullable Http2Call previous;

  @Nullable Http2Call next;

  private GrpcListener listener = Deaf.LISTENER;
  private final Deframer deframer = new Deframer();
  private int messageBytesMax;
  private Optional<Duration> timeout = Optional.empty();
  private @Nullable Future<?> deadline;

  private boolean paused;
  private boolean feeding;
  private boolean requestEnded;
  private boolean halfClosed;
  private boolean ended;
  private boolean gone;

  /// What came while the call was paused.
  private final Backlog backlog = new Backlog();

  /// Made when something comes while the call is paused.
  private @Nullable ReceiveWindow window;

  /// How the message comes of which only a part is here.
  private @Nullable Trickle arriving;

  /// What is to be written at the end of the turn.
  private byte @Nullable [] chunk;

  private int chunkBytes;
  private long keptBytes;
  private long countedBytes;

  /// All that is counted against the connection's share of requests.
  private long requestBytes;

  private boolean headSent;
  private long untakenBytes;
  private boolean awaitsRoom;
  private boolean runsSoon;
  private @Nullable Runnable whenReady;
  private @Nullable Consumer<GrpcStatus> whenEnded;

  Http2Call(
      Loop loop,
      HttpServerRequest request,
      HostileLog log,
      int messageBytesMax,
      Share share,
      Runnable closed) {
    this.loop = loop;
    this.request = request;
    this.response = request.response();
    this.log = log;
    this.messageBytesMax = messageBytesMax;
    this.share = share;
    this.closed = closed;
  }

  void open(GrpcHandler handler) {
    loop.opened(this);
    loop.enter();
    try {
      response.exceptionHandler(_ -> gone());
      request.handler(this::received);
      request.endHandler(_ -> requestEnded());
      var asked = request.getHeader("grpc-timeout");
      if (asked != null) {
        timeout = GrpcTimeout.parse(asked);
        if (timeout.isEmpty()) {
          fail(GrpcStatus.INTERNAL, "\"%s\" is no grpc-timeout".formatted(asked));
          return;
        }
        startDeadline(timeout.get());
      }
      listener = handler.open(this);
    } catch (RuntimeException | Error e) {
      broken(e);
    } finally {
      loop.exit();
    }
  }

  private void startDeadline(Duration left) {
    if (left.isZero()) {
      expired();
    } else if (left.compareTo(TIMEOUT_WORTH_KEEPING) < 0) {
      deadline = loop.schedule(this::expired, left);
    }
  }

  private void expired() {
    if (!ended) {
      // Nothing that waits to be written is worth it any more.
      dropChunk();
      abort(GrpcStatus.DEADLINE_EXCEEDED, "Deadline Exceeded");
    }
  }

  /// Fails the call for a reason of the edge's. Its listener, which may be about to say something,
  /// hears of it in a turn of its own.
  private void abort(GrpcStatus status, String message) {
    if (!ended) {
      fail(status, message);
      loop.execute(this::tellCancelled);
    }
  }

  private void tellCancelled() {
    try {
      listener.cancelled();
    } catch (RuntimeException | Error e) {
      bug(e);
    }
  }

  /// The caller has reset the stream, or the connection is gone.
  private void gone() {
    requestEnded = true;
    forgetAnswers();
    if (ended) {
      return;
    }
    loop.enter();
    try {
      end(GrpcStatus.CANCELLED);
      listener.cancelled();
    } catch (RuntimeException | Error e) {
      bug(e);
    } finally {
      loop.exit();
    }
  }

  /// The server closes; see [GrpcListener#shuttingDown].
  void shuttingDown() {
    if (ended) {
      return;
    }
    loop.enter();
    try {
      listener.shuttingDown();
      if (!ended && !halfClosed && !listener.isBusy()) {
        fail(GrpcStatus.UNAVAILABLE, "Server Is Shutting Down");
        listener.cancelled();
      }
    } catch (RuntimeException | Error e) {
      broken(e);
    } finally {
      loop.exit();
    }
  }

  /// The server closes now.
  void shutDown() {
    abort(GrpcStatus.UNAVAILABLE, "The server is shutting down");
  }

  /// Of a request that has come whole, or of a part that was handed on, somebody waits to hear what
  /// has become.
  @Override
  public long dispensableBytes() {
    return halfClosed || listener.isBusy() ? 0 : requestBytes;
  }

  @Override
  public void giveWay(String why) {
    abort(GrpcStatus.RESOURCE_EXHAUSTED, why);
  }

  /// A listener has thrown after the end of the call.
  private void bug(Throwable e) {
    if (e instanceof OutOfMemoryError fatal) {
      throw fatal;
    }
    log.bug(path(), e);
  }

  private void broken(Throwable e) {
    bug(e);
    abort(GrpcStatus.UNKNOWN, "Exception was thrown by handler.");
  }

  // ---- receiving

  private void received(Buffer buffer) {
    if (ended) {
      return;
    }
    var bytes = ((BufferInternal) buffer).getByteBuf();
    if (paused || !bytes.hasArray()) {
      receive(buffer.getBytes(), 0, buffer.length());
    } else {
      receive(bytes.array(), bytes.arrayOffset() + bytes.readerIndex(), bytes.readableBytes());
    }
  }

  private void receive(byte[] bytes, int offset, int length) {
    var taken = paused ? 0 : feed(bytes, offset, length);
    if (taken < length && !ended) {
      hold(bytes, offset + taken, length - taken);
    }
  }

  private void feedBacklog() {
    // Taken off first: what the listener keeps of it would count twice.
    count(-backlog.memory());
    var taken = feed(backlog.bytes(), backlog.from(), backlog.size());
    if (!ended) {
      backlog.taken(taken);
      count(backlog.memory());
    }
  }

  /// Has bytes cut into messages.
  ///
  /// @return how many were taken before the call was paused
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

  /// Has a message looked after of which only a part has come.
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
    if (arriving != null && arriving.isPretence(!paused, Trickle.least(period))) {
      var why = "a message that it began did not come within %d ms".formatted(period.toMillis());
      log.call(peer().toString(), why);
      abort(GrpcStatus.DEADLINE_EXCEEDED, "The call was ended: " + why);
    }
  }

  /// Keeps what comes too early, and has the caller wait with more.
  private void hold(byte[] bytes, int offset, int length) {
    var memory = backlog.memory();
    backlog.add(bytes, offset, length);
    count(backlog.memory() - memory);
    if (!ended && !requestEnded) {
      if (window == null) {
        window = new ReceiveWindow(request);
      }
      window.shut();
    }
  }

  private void requestEnded() {
    requestEnded = true;
    if (!paused) {
      halfClosed();
    }
  }

  private void halfClosed() {
    if (ended || halfClosed) {
      return;
    }
    halfClosed = true;
    loop.enter();
    try {
      if (deframer.isWithinMessage()) {
        abort(GrpcStatus.INTERNAL, "The request ends in the middle of a message");
      } else {
        listener.halfClosed();
      }
    } catch (RuntimeException | Error e) {
      broken(e);
    } finally {
      loop.exit();
    }
  }

  @Override
  public boolean wantsMore() {
    return !paused && !ended;
  }

  @Override
  public int messageBytesMax() {
    return messageBytesMax;
  }

  @Override
  public void message(int flag, byte[] bytes, int offset, int length) {
    if (arriving != null) {
      arriving.begun();
    }
    if (flag == 0) {
      listener.message(bytes, offset, length);
    } else if (flag == 1) {
      compressed(bytes, offset, length);
    } else {
      abort(
          GrpcStatus.INTERNAL,
          "A message is compressed (1) or not (0), but its flag is %d".formatted(flag));
    }
  }

  private void compressed(byte[] bytes, int offset, int length) {
    var encoding = request.getHeader("grpc-encoding");
    if (!"gzip".equals(encoding)) {
      var status =
          encoding == null || encoding.equals("identity")
              ? GrpcStatus.INTERNAL
              : GrpcStatus.UNIMPLEMENTED;
      abort(status, "Messages are taken plain or in gzip, not in " + encoding);
      return;
    }
    try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes, offset, length))) {
      var plain = in.readNBytes(messageBytesMax + 1);
      if (plain.length > messageBytesMax) {
        tooLong(plain.length);
      } else {
        listener.message(plain, 0, plain.length);
      }
    } catch (IOException e) {
      abort(GrpcStatus.INTERNAL, "A message is not in gzip: " + e.getMessage());
    }
  }

  @Override
  public void tooLong(long length) {
    listener.oversized(length);
    abort(
        GrpcStatus.RESOURCE_EXHAUSTED,
        "A message has at most %d bytes, but %d are announced".formatted(messageBytesMax, length));
  }

  @Override
  public void collecting(int more) {
    count(more);
  }

  @Override
  public void keep(long bytes) {
    loop.requireInside();
    if (ended) {
      return;
    }
    keptBytes += bytes;
    var counted = keptBytes / KEPT_STEP_BYTES * KEPT_STEP_BYTES;
    if (counted != countedBytes) {
      var more = counted - countedBytes;
      countedBytes = counted;
      count(more);
    }
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
    var refusal = share.addRequests(more);
    if (refusal.isPresent()) {
      abort(GrpcStatus.RESOURCE_EXHAUSTED, refusal.get());
    }
  }

  @Override
  public void messageBytesMax(int bytes) {
    messageBytesMax = bytes;
  }

  @Override
  public void pause() {
    loop.requireInside();
    paused = true;
  }

  @Override
  public void resume() {
    loop.requireInside();
    if (!paused || ended) {
      return;
    }
    paused = false;
    if (feeding) {
      return; // within a message: whoever feeds goes on by itself
    }
    if (!backlog.isEmpty()) {
      feedBacklog();
    }
    if (paused || ended) {
      return;
    }
    if (requestEnded) {
      halfClosed();
    } else if (window != null) {
      window.open();
    }
  }

  // ---- answering

  @Override
  public void send(byte[] bytes, int offset, int length) {
    loop.requireInside();
    if (!ended) {
      append(bytes, offset, length);
    }
  }

  private void append(byte[] bytes, int offset, int length) {
    var needed = Deframer.PREFIX_BYTES + length;
    if (chunk != null && needed > Loop.CHUNK_BYTES - chunkBytes) {
      write();
    }
    sent(needed);
    if (needed > Loop.CHUNK_BYTES) {
      var own = new byte[needed];
      frame(own, 0, bytes, offset, length);
      write(own, needed);
      return;
    }
    var into = chunk;
    if (into == null) {
      chunkBytes = 0;
      into = loop.takeChunk();
    }
    frame(into, chunkBytes, bytes, offset, length);
    chunkBytes += needed;
    if (chunk == null) {
      chunk = into;
      loop.writeLater(this);
    }
  }

  private static void frame(byte[] into, int at, byte[] bytes, int offset, int length) {
    into[at] = 0;
    into[at + 1] = (byte) (length >>> 24);
    into[at + 2] = (byte) (length >>> 16);
    into[at + 3] = (byte) (length >>> 8);
    into[at + 4] = (byte) length;
    System.arraycopy(bytes, offset, into, at + Deframer.PREFIX_BYTES, length);
  }

  @Override
  public void write() {
    if (chunk != null) {
      var full = chunk;
      chunk = null;
      write(fitting(full), chunkBytes);
    }
  }

  /// A small answer does not keep a large array for as long as nobody takes it.
  private byte[] fitting(byte[] full) {
    if (full.length != Loop.CHUNK_BYTES || chunkBytes > Loop.CHUNK_BYTES / WASTE_MAX) {
      return full;
    }
    var own = Arrays.copyOf(full, chunkBytes);
    loop.giveBack(full);
    return own;
  }

  private void write(byte[] bytes, int length) {
    head();
    response
        .write(BufferInternal.buffer(Unpooled.wrappedBuffer(bytes, 0, length)))
        .onComplete(written -> taken(bytes, length, written.succeeded()));
  }

  private void sent(int length) {
    if (!gone) {
      untakenBytes += length;
      share.addAnswers(length);
    }
  }

  private void taken(long length) {
    if (!gone) {
      untakenBytes -= length;
      share.addAnswers(-length);
    }
  }

  private void dropChunk() {
    if (chunk != null) {
      chunk = null;
      taken(chunkBytes);
    }
  }

  /// The stream is closed: the transport keeps nothing of it, whatever it tells of each write.
  private void forgetAnswers() {
    taken(untakenBytes);
    gone = true;
  }

  private void taken(byte[] bytes, int length, boolean succeeded) {
    taken(length);
    if (succeeded && bytes.length == Loop.CHUNK_BYTES) {
      loop.giveBack(bytes);
    }
    if (whenReady != null) {
      runSoon();
    }
  }

  @Override
  public void roomMade() {
    awaitsRoom = false;
    runIfReady();
  }

  /// What the call itself has in flight is told to it; what others have it has to ask for.
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
    if (whenReady == null) {
      return;
    }
    if (!ready()) {
      awaitRoom();
    } else {
      var task = whenReady;
      whenReady = null;
      loop.enter();
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        broken(e);
      } finally {
        loop.exit();
      }
    }
  }

  private void head() {
    if (!headSent) {
      headSent = true;
      response.putHeader(CONTENT_TYPE, GRPC).putHeader(ACCEPT_ENCODING, ENCODINGS);
    }
  }

  @Override
  public void sendLast(byte[] bytes, int offset, int length) {
    loop.requireInside();
    if (ended) {
      return;
    }
    var needed = Deframer.PREFIX_BYTES + length;
    if (chunk != null && needed > Loop.CHUNK_BYTES - chunkBytes) {
      write();
    }
    sent(needed);
    if (chunk != null) {
      frame(chunk, chunkBytes, bytes, offset, length);
      chunkBytes += needed;
      finish(GrpcStatus.OK, "", GrpcTrailers.NONE);
    } else {
      // The usual way of a unary call: an array of its own, as long as it needs to be.
      var own = new byte[needed];
      frame(own, 0, bytes, offset, length);
      chunk = own;
      chunkBytes = needed;
      finish(GrpcStatus.OK, "", GrpcTrailers.NONE);
    }
  }

  @Override
  public void complete() {
    loop.requireInside();
    if (!ended) {
      finish(GrpcStatus.OK, "", GrpcTrailers.NONE);
    }
  }

  @Override
  public void fail(GrpcStatus status, String message, GrpcTrailers trailers) {
    loop.requireInside();
    if (status == GrpcStatus.OK) {
      throw new IllegalArgumentException("A call fails with a status other than OK");
    }
    if (!ended) {
      finish(status, message, trailers);
    }
  }

  private void finish(GrpcStatus status, String message, GrpcTrailers trailers) {
    var last = chunk == null ? null : fitting(chunk);
    chunk = null;
    var onlyTrailers = !headSent && last == null;
    head();
    if (onlyTrailers) {
      response.putHeader(STATUS, code(status));
      if (!message.isEmpty()) {
        response.putHeader(MESSAGE, PercentEncoding.encode(message, MESSAGE_CHARS_MAX));
      }
      for (var trailer : trailers.entries()) {
        response.putHeader(trailer.name(), trailer.value());
      }
    } else {
      response.putTrailer(STATUS, code(status));
      if (!message.isEmpty()) {
        response.putTrailer(MESSAGE, PercentEncoding.encode(message, MESSAGE_CHARS_MAX));
      }
      for (var trailer : trailers.entries()) {
        response.putTrailer(trailer.name(), trailer.value());
      }
    }
    end(status);
    var lastBytes = last == null ? 0 : chunkBytes;
    var written =
        last == null
            ? response.end()
            : response.end(BufferInternal.buffer(Unpooled.wrappedBuffer(last, 0, lastBytes)));
    written.onComplete(result -> {
      taken(lastBytes);
      if (result.succeeded() && last != null && last.length == Loop.CHUNK_BYTES) {
        loop.giveBack(last);
      }
      if (!requestEnded) {
        // The caller may stop talking: nobody listens.
        response.reset(0);
      }
    });
  }

  private static CharSequence code(GrpcStatus status) {
    return status == GrpcStatus.OK ? STATUS_OK : Integer.toString(status.code());
  }

  /// Nothing is heard and nothing is said from here on.
  private void end(GrpcStatus status) {
    ended = true;
    dropChunk();
    backlog.clear();
    endArrival();
    whenReady = null;
    deframer.abandon(this);
    var _ = share.addRequests(-requestBytes);
    share.holdsNothing(this);
    closed.run();
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
    if (window != null && !requestEnded) {
      window.open(); // what the caller still says runs into the void
    }
    loop.closed(this);
    if (whenEnded != null) {
      whenEnded.accept(status);
    }
  }

  @Override
  public void onEnd(Consumer<GrpcStatus> task) {
    whenEnded = whenEnded == null ? task : whenEnded.andThen(task);
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public boolean ready() {
    return !ended && untakenBytes < UNTAKEN_BYTES_MAX && share.hasRoom(untakenBytes);
  }

  @Override
  public void onReady(Runnable task) {
    loop.requireInside();
    if (ended) {
      return;
    }
    whenReady = task;
    if (ready()) {
      runSoon();
    } else {
      awaitRoom();
    }
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(() -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        broken(e);
      }
    });
  }

  // ---- what the caller said at the beginning

  @Override
  public String path() {
    return request.uri();
  }

  @Override
  public Peer peer() {
    return Peer.of(request);
  }

  @Override
  public Object connection() {
    return share;
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.ofNullable(request.getHeader(name));
  }

  @Override
  public Optional<Authority> authority() {
    return Optional.ofNullable(request.authority())
        .map(reached -> new Authority(reached.host(), reached.port()));
  }

  @Override
  public Optional<Duration> timeout() {
    return timeout;
  }

  /// Hears until the handler has given a listener.
  private enum Deaf implements GrpcListener {
    LISTENER;

    @Override
    public void message(byte[] bytes, int offset, int length) {}

    @Override
    public void halfClosed() {}
  }
}
