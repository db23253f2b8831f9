// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// grpc-java is the judge: what it takes for right is right.
@Timeout(60)
class EdgeGrpcTest {

  private static final int MIB = 1024 * 1024;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CompletableFuture<GrpcCall> opened = new CompletableFuture<>();
  private final AtomicLong sentToReader = new AtomicLong();

  private Edge edge;
  private ManagedChannel channel;

  @BeforeEach
  void listen() throws IOException {
    edge =
        Edge.start(
            EdgeOptions.defaults().withAddress("127.0.0.1", 0).withEventLoops(2).withMessages(MIB),
            Map.ofEntries(
                Map.entry("/test.Test/Echo", EdgeGrpcTest::echo),
                Map.entry("/test.Test/Later", EdgeGrpcTest::later),
                Map.entry("/test.Test/Count", EdgeGrpcTest::count),
                Map.entry("/test.Test/Numbers", EdgeGrpcTest::numbers),
                Map.entry("/test.Test/Mirror", EdgeGrpcTest::mirror),
                Map.entry("/test.Test/Hanging", this::hanging),
                Map.entry("/test.Test/Endless", this::endless),
                Map.entry("/test.Test/Failing", EdgeGrpcTest::failing),
                Map.entry("/test.Test/FailingEarly", EdgeGrpcTest::failingEarly),
                Map.entry("/test.Test/FailingLate", EdgeGrpcTest::failingLate),
                Map.entry("/test.Test/Throwing", EdgeGrpcTest::throwing),
                Map.entry("/test.Test/ThrowingLater", EdgeGrpcTest::throwingLater),
                Map.entry("/test.Test/Overflowing", EdgeGrpcTest::overflowing),
                Map.entry("/test.Test/OverflowingLater", EdgeGrpcTest::overflowingLater),
                Map.entry("/test.Test/OneByOne", EdgeGrpcTest::oneByOne),
                Map.entry("/test.Test/Keeping", EdgeGrpcTest::keeping),
                Map.entry("/test.Test/Generous", EdgeGrpcTest::generous),
                Map.entry("/test.Test/OwnLimit", EdgeGrpcTest::ownLimit),
                Map.entry("/test.Test/Headers", EdgeGrpcTest::headers),
                Map.entry("/test.Test/Nothing", EdgeGrpcTest::nothing)),
            http -> {});
    channel = channel();
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    edge.close(Duration.ZERO);
  }

  private ManagedChannel channel() {
    return NettyChannelBuilder.forAddress("127.0.0.1", edge.port())
        .usePlaintext()
        .maxInboundMessageSize(64 * MIB)
        .build();
  }

  // ---- methods

  private static GrpcListener echo(GrpcCall call) {
    return onMessages(call::sendLast);
  }

  /// Answers from another thread, as the writer of the log does.
  private static GrpcListener later(GrpcCall call) {
    return onMessages((bytes, offset, length) -> {
      var copy = Arrays.copyOfRange(bytes, offset, offset + length);
      Thread.startVirtualThread(() -> call.execute(() -> call.sendLast(copy, 0, copy.length)));
    });
  }

  private static GrpcListener count(GrpcCall call) {
    return new GrpcListener() {
      private int messages;
      private long bytes;

      @Override
      public void message(byte[] array, int offset, int length) {
        messages++;
        bytes += length;
      }

      @Override
      public void halfClosed() {
        sendLast(call, messages + " messages, " + bytes + " bytes");
      }
    };
  }

  /// Sends as many numbers as it is told, in one turn.
  private static GrpcListener numbers(GrpcCall call) {
    return onMessages((bytes, offset, length) -> {
      var most = Integer.parseInt(new String(bytes, offset, length, UTF_8));
      for (var i = 0; i < most; i++) {
        send(call, "number " + i);
      }
      call.complete();
    });
  }

  private static GrpcListener mirror(GrpcCall call) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        call.send(bytes, offset, length);
      }

      @Override
      public void halfClosed() {
        call.complete();
      }
    };
  }

  private GrpcListener hanging(GrpcCall call) {
    opened.complete(call);
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        heard.add("message");
      }

      @Override
      public void halfClosed() {
        heard.add("half closed");
      }

      @Override
      public void cancelled() {
        heard.add("cancelled");
      }

      @Override
      public void shuttingDown() {
        heard.add("shutting down");
      }
    };
  }

  /// Sends for as long as the reader takes.
  private GrpcListener endless(GrpcCall call) {
    var piece = new byte[1000];
    var more =
        new Runnable() {
          @Override
          public void run() {
            while (call.ready()) {
              call.send(piece, 0, piece.length);
              sentToReader.addAndGet(piece.length);
            }
            call.onReady(this);
          }
        };
    more.run();
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {}

      @Override
      public void halfClosed() {}

      @Override
      public void cancelled() {
        heard.add("cancelled");
      }

      @Override
      public void shuttingDown() {
        call.fail(GrpcStatus.UNAVAILABLE, "Over");
      }
    };
  }

  private static GrpcListener failing(GrpcCall call) {
    return onMessages((_, _, _) ->
        call.fail(
            GrpcStatus.FAILED_PRECONDITION,
            "Event stream 'grün' is deleted.",
            GrpcTrailers.NONE
                .with("exception", "stream-deleted")
                .with("stream-name", "grün")
                .with("detail-bin", new byte[] {1, 2, 3})));
  }

  private static GrpcListener failingEarly(GrpcCall call) {
    call.fail(GrpcStatus.PERMISSION_DENIED, "Access Denied");
    return onMessages((_, _, _) -> {});
  }

  private static GrpcListener failingLate(GrpcCall call) {
    return onMessages((_, _, _) -> {
      send(call, "first");
      call.fail(GrpcStatus.ABORTED, "Enough", GrpcTrailers.NONE.with("reason", "test"));
    });
  }

  private static GrpcListener throwing(GrpcCall call) {
    return onMessages((_, _, _) -> {
      throw new IllegalStateException("A bug in a handler, for the test of " + call.path());
    });
  }

  private static GrpcListener throwingLater(GrpcCall call) {
    return onMessages((_, _, _) ->
        call.execute(() -> {
          throw new IllegalStateException("A bug in a task, for the test");
        }));
  }

  private static GrpcListener overflowing(GrpcCall call) {
    return onMessages((_, _, _) -> {
      throw new StackOverflowError("A bug in a listener, for the test");
    });
  }

  private static GrpcListener overflowingLater(GrpcCall call) {
    return onMessages((_, _, _) ->
        call.execute(() -> {
          throw new StackOverflowError("A bug in a task, for the test");
        }));
  }

  /// Takes a message only after it has worked on the one before.
  private static GrpcListener oneByOne(GrpcCall call) {
    var atWork = new AtomicInteger();
    var done = new AtomicInteger();
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        if (atWork.incrementAndGet() != 1) {
          call.fail(GrpcStatus.INTERNAL, "Two messages at once");
          return;
        }
        call.pause();
        call.execute(() -> {
          done.incrementAndGet();
          atWork.decrementAndGet();
          call.resume();
        });
      }

      @Override
      public void halfClosed() {
        sendLast(call, done + " done");
      }
    };
  }

  /// Takes a message at a time, keeps all of them where they lie, and looks at them at the end.
  private static GrpcListener keeping(GrpcCall call) {
    var kept = new ArrayList<ByteBuffer>();
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        kept.add(ByteBuffer.wrap(bytes, offset, length));
        if (kept.size() % 3 == 0) {
          call.pause();
          call.execute(call::resume);
        }
      }

      @Override
      public void halfClosed() {
        var intact = 0;
        for (var i = 0; i < kept.size(); i++) {
          var text = String.valueOf(UTF_8.decode(kept.get(i)));
          intact += text.equals(numbered(i)) ? 1 : 0;
        }
        sendLast(call, intact + " intact");
      }
    };
  }

  private static String numbered(int number) {
    return Integer.toString(number).repeat(1 + number % 1000);
  }

  private static GrpcListener generous(GrpcCall call) {
    call.messageBytesMax(3 * MIB);
    return count(call);
  }

  private static GrpcListener ownLimit(GrpcCall call) {
    var counting = count(call);
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        counting.message(bytes, offset, length);
      }

      @Override
      public void halfClosed() {
        counting.halfClosed();
      }

      @Override
      public void oversized(long length) {
        call.fail(GrpcStatus.INVALID_ARGUMENT, "Not " + length);
      }
    };
  }

  private static GrpcListener headers(GrpcCall call) {
    return onMessages((_, _, _) ->
        sendLast(
            call,
            call.path()
                + " "
                + call.header("requires-leader").orElse("absent")
                + " "
                + call.header("no-such-header").orElse("absent")
                + " "
                + call.timeout().isPresent()));
  }

  private static GrpcListener nothing(GrpcCall call) {
    return onMessages((_, _, _) -> call.complete());
  }

  // ---- the four kinds of call

  @Test
  void a_unary_call_is_answered() {
    assertThat(unary("Echo", "hello")).isEqualTo("hello");
    assertThat(unary("Echo", "")).isEmpty();
  }

  @Test
  void an_answer_may_come_from_another_thread() {
    for (var i = 0; i < 200; i++) {
      assertThat(unary("Later", "hello " + i)).isEqualTo("hello " + i);
    }
  }

  @Test
  void answers_to_many_calls_at_once_find_their_callers() throws Exception {
    var answers = new ArrayList<CompletableFuture<String>>();
    for (var i = 0; i < 2000; i++) {
      answers.add(async("Later", "call " + i));
    }
    for (var i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("call " + i);
    }
    await(() -> edge.openCalls() == 0);
  }

  @Test
  void a_large_message_arrives_whole_in_both_directions() {
    var text = "0123456789".repeat(MIB / 10);
    assertThat(unary("Echo", text)).isEqualTo(text);
  }

  @Test
  void a_caller_may_send_many_messages() throws Exception {
    var calling = start("Count", MethodType.CLIENT_STREAMING);
    for (var i = 0; i < 10_000; i++) {
      calling.send("0123456789");
    }
    calling.call.halfClose();
    assertThat(calling.messages()).containsExactly("10000 messages, 100000 bytes");
  }

  @Test
  void a_caller_may_send_no_message() throws Exception {
    var calling = start("Count", MethodType.CLIENT_STREAMING);
    calling.call.halfClose();
    assertThat(calling.messages()).containsExactly("0 messages, 0 bytes");
  }

  @Test
  void many_small_messages_arrive_in_order() {
    var iterator =
        ClientCalls.blockingServerStreamingCall(
            channel, method("Numbers", MethodType.SERVER_STREAMING), options(), bytes("20000"));
    for (var i = 0; i < 20_000; i++) {
      assertThat(text(iterator.next())).isEqualTo("number " + i);
    }
    assertThat(iterator.hasNext()).isFalse();
  }

  @Test
  void a_stream_may_be_empty() {
    assertThat(
            ClientCalls.blockingServerStreamingCall(
                    channel, method("Nothing", MethodType.SERVER_STREAMING), options(), bytes(""))
                .hasNext())
        .isFalse();
  }

  @Test
  void both_sides_may_talk_at_once() throws Exception {
    var calling = start("Mirror", MethodType.BIDI_STREAMING);
    for (var i = 0; i < 1000; i++) {
      calling.send("message " + i);
      assertThat(calling.received.poll(10, TimeUnit.SECONDS)).isEqualTo("message " + i);
    }
    calling.call.halfClose();
    assertThat(calling.status().isOk()).isTrue();
  }

  // ---- errors

  @Test
  void an_error_carries_status_message_and_trailers() {
    var error = catchThrowableOfType(StatusRuntimeException.class, () -> unary("Failing", ""));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(error.getStatus().getDescription()).isEqualTo("Event stream 'grün' is deleted.");
    var trailers = Objects.requireNonNull(error.getTrailers());
    assertThat(trailers.get(key("exception"))).isEqualTo("stream-deleted");
    assertThat(trailers.get(key("stream-name"))).isEqualTo("gr%C3%BCn");
    assertThat(trailers.get(Metadata.Key.of("detail-bin", Metadata.BINARY_BYTE_MARSHALLER)))
        .containsExactly(1, 2, 3);
  }

  @Test
  void an_error_may_come_before_the_caller_has_said_all() throws Exception {
    var calling = start("FailingEarly", MethodType.CLIENT_STREAMING);
    assertThat(calling.status().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(unary("Echo", "the connection lives")).isEqualTo("the connection lives");
  }

  @Test
  void an_error_comes_after_what_was_sent_before() throws Exception {
    var calling = start("FailingLate", MethodType.BIDI_STREAMING);
    calling.send("");
    calling.call.halfClose();
    assertThat(calling.status().getCode()).isEqualTo(Status.Code.ABORTED);
    assertThat(calling.trailers.get(key("reason"))).isEqualTo("test");
    assertThat(calling.received).containsExactly("first");
  }

  @Test
  void a_bug_in_a_handler_fails_its_call_alone() {
    assertStatus(
        Status.Code.UNKNOWN, "Exception was thrown by handler.", () -> unary("Throwing", ""));
    assertStatus(
        Status.Code.UNKNOWN, "Exception was thrown by handler.", () -> unary("ThrowingLater", ""));
    assertThat(unary("Echo", "alive")).isEqualTo("alive");
  }

  @Test
  void an_error_in_a_handler_is_unknown_to_the_caller_too_and_logged_once() throws Exception {
    for (var method : List.of("Overflowing", "OverflowingLater")) {
      try (var log = new LogCapture()) {
        assertStatus(
            Status.Code.UNKNOWN, "Exception was thrown by handler.", () -> unary(method, ""));
        assertThat(log.lines().stream().filter(line -> line.contains(method))).hasSize(1);
      }
    }
    assertThat(unary("Echo", "alive")).isEqualTo("alive");
  }

  @Test
  void a_method_that_does_not_exist_is_unimplemented() {
    assertStatus(
        Status.Code.UNIMPLEMENTED,
        "There is no method /test.Test/Missing",
        () -> unary("Missing", ""));
  }

  @Test
  void a_message_over_the_limit_is_refused() {
    assertStatus(
        Status.Code.RESOURCE_EXHAUSTED,
        "A message has at most 1048576 bytes, but 1048577 are announced",
        () -> unary("Count", "x".repeat(MIB + 1)));
    assertThat(unary("Count", "x".repeat(MIB))).isEqualTo("1 messages, 1048576 bytes");
  }

  @Test
  void a_method_may_have_a_limit_and_an_error_of_its_own() {
    assertThat(unary("Generous", "x".repeat(2 * MIB))).isEqualTo("1 messages, 2097152 bytes");
    assertStatus(
        Status.Code.INVALID_ARGUMENT, "Not 2097152", () -> unary("OwnLimit", "x".repeat(2 * MIB)));
  }

  @Test
  void a_deadline_ends_the_call() throws Exception {
    // The deadline of the caller's own library is switched off, so that the server's is heard.
    var calling =
        start("Hanging", MethodType.BIDI_STREAMING, metadata("grpc-timeout", "50m"), options());
    assertThat(calling.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(calling.status().getDescription()).isEqualTo("Deadline Exceeded");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("cancelled");
    assertThat(edge.openCalls()).isZero();
  }

  @Test
  void a_call_that_is_answered_in_time_is_not_harmed_by_its_deadline() {
    var options = options().withDeadlineAfter(5, TimeUnit.SECONDS);
    assertThat(
            text(
                ClientCalls.blockingUnaryCall(
                    channel, method("Headers", MethodType.UNARY), options, bytes(""))))
        .isEqualTo("/test.Test/Headers absent absent true");
  }

  @Test
  void a_cancelled_call_is_heard_of() throws Exception {
    var calling = start("Hanging", MethodType.BIDI_STREAMING);
    calling.send("hello");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("message");
    calling.call.cancel("test", null);
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("cancelled");
    var call = opened.get(10, TimeUnit.SECONDS);
    var answered = new CountDownLatch(1);
    call.execute(() -> {
      call.send(bytes("too late"), 0, 8);
      call.fail(GrpcStatus.ABORTED, "too late");
      answered.countDown();
    });
    assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(unary("Echo", "alive")).isEqualTo("alive");
  }

  @Test
  void calls_of_a_connection_that_breaks_are_cancelled() throws Exception {
    var calling = start("Hanging", MethodType.BIDI_STREAMING);
    calling.send("hello");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("message");
    channel.shutdownNow();
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("cancelled");
    await(() -> edge.openCalls() == 0 && edge.connections() == 0);
  }

  @Test
  void a_call_is_answered_on_its_event_loop_only() throws Exception {
    start("Hanging", MethodType.BIDI_STREAMING).send("");
    var call = opened.get(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> call.send(bytes(""), 0, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Use call.execute");
  }

  // ---- flow control

  @Test
  void a_reader_that_does_not_read_costs_little_memory() throws Exception {
    var calling = start("Endless", MethodType.SERVER_STREAMING, new Metadata(), options(), 0);
    calling.call.request(1);
    calling.send("");
    calling.call.halfClose();
    assertThat(calling.received.poll(10, TimeUnit.SECONDS)).isNotNull();
    // grpc-java's window is 1 MiB; beyond it, the server keeps little.
    awaitStanding(sentToReader);
    assertThat(sentToReader.get()).isLessThan(3L * MIB);
    // Reading on sets it going again.
    var before = sentToReader.get();
    calling.call.request(20_000);
    await(() -> sentToReader.get() > before + 4 * MIB);
    calling.call.cancel("test", null);
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }

  @Test
  void a_slow_reader_does_not_hold_up_others() throws Exception {
    var calling = start("Endless", MethodType.SERVER_STREAMING, new Metadata(), options(), 0);
    calling.call.request(1);
    calling.send("");
    awaitStanding(sentToReader);
    assertThat(unary("Echo", "fast")).isEqualTo("fast");
    calling.call.cancel("test", null);
  }

  @Test
  void a_paused_call_takes_one_message_after_the_other() throws Exception {
    var calling = start("OneByOne", MethodType.CLIENT_STREAMING);
    for (var i = 0; i < 5000; i++) {
      calling.send("message " + i);
    }
    calling.call.halfClose();
    assertThat(calling.messages()).containsExactly("5000 done");
  }

  @Test
  void a_call_that_is_paused_again_and_again_takes_more_than_its_windows_hold() throws Exception {
    var calling = start("OneByOne", MethodType.CLIENT_STREAMING);
    for (var i = 0; i < 400; i++) {
      calling.send("x".repeat(30_000));
    }
    calling.call.halfClose();
    assertThat(calling.messages()).containsExactly("400 done");
    assertThat(edge.requestBytes()).isZero();
  }

  @Test
  void what_was_given_is_not_changed_by_what_comes_later() throws Exception {
    var calling = start("Keeping", MethodType.CLIENT_STREAMING);
    for (var i = 0; i < 5000; i++) {
      calling.send(numbered(i));
    }
    calling.call.halfClose();
    assertThat(calling.messages()).containsExactly("5000 intact");
  }

  @Test
  void a_listener_is_told_when_the_edge_fails_its_call() throws Exception {
    var calling = start("Hanging", MethodType.BIDI_STREAMING);
    calling.send("x".repeat(2 * MIB));
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }

  @Test
  void a_call_that_takes_nothing_holds_its_caller_up() throws Exception {
    var calling = start("Hanging", MethodType.BIDI_STREAMING);
    calling.send("");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("message");
    var call = opened.get(10, TimeUnit.SECONDS);
    var paused = new CountDownLatch(1);
    call.execute(() -> {
      call.pause();
      paused.countDown();
    });
    assertThat(paused.await(10, TimeUnit.SECONDS)).isTrue();
    for (var i = 0; i < 100; i++) { // more than the windows take
      calling.send("x".repeat(100_000));
    }
    await(() -> !calling.call.isReady());
    assertThat(unary("Echo", "another call")).isEqualTo("another call");
    assertThat(heard).isEmpty();
    // The window of the call, in an array with room for twice as much; and no more of it comes.
    await(() -> edge.requestBytes() >= MIB);
    assertThat(unary("Echo", "a third call")).isEqualTo("a third call");
    assertThat(edge.requestBytes()).isLessThanOrEqualTo(2 * MIB + 64 * 1024);
    call.execute(call::resume);
    await(calling.call::isReady);
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("message");
    calling.call.cancel("test", null);
  }

  // ---- details of the wire

  @Test
  void compressed_requests_are_taken() {
    var answer =
        ClientCalls.blockingUnaryCall(
            channel,
            method("Count", MethodType.UNARY),
            options().withCompression("gzip"),
            bytes("y".repeat(100_000)));
    assertThat(text(answer)).isEqualTo("1 messages, 100000 bytes");
  }

  @Test
  void a_compressed_request_counts_as_long_as_it_is_unpacked() {
    assertThatThrownBy(() ->
            ClientCalls.blockingUnaryCall(
                channel,
                method("Count", MethodType.UNARY),
                options().withCompression("gzip"),
                bytes("y".repeat(2 * MIB))))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("RESOURCE_EXHAUSTED");
  }

  @Test
  void headers_are_found_by_name() throws Exception {
    var calling =
        start("Headers", MethodType.UNARY, metadata("requires-leader", "true"), options());
    calling.send("");
    calling.call.halfClose();
    assertThat(calling.messages()).containsExactly("/test.Test/Headers true absent false");
  }

  // ---- closing

  @Test
  void a_graceful_close_lets_short_calls_finish_and_ends_endless_ones() throws Exception {
    var hanging = start("Hanging", MethodType.BIDI_STREAMING);
    hanging.send("");
    hanging.call.halfClose();
    var endless = start("Endless", MethodType.SERVER_STREAMING);
    endless.send("");
    endless.call.halfClose();
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("message");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("half closed");
    var call = opened.get(10, TimeUnit.SECONDS);
    var closing = CompletableFuture.runAsync(() -> edge.close(Duration.ofSeconds(20)));
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("shutting down");
    assertThat(endless.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    call.execute(() -> sendLast(call, "just in time"));
    assertThat(hanging.messages()).containsExactly("just in time");
    closing.get(15, TimeUnit.SECONDS);
    assertThat(edge.connections()).isZero();
  }

  @Test
  void a_close_without_patience_fails_what_is_left() throws Exception {
    var hanging = start("Hanging", MethodType.BIDI_STREAMING);
    hanging.send("");
    hanging.call.halfClose();
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("message");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("half closed");
    edge.close(Duration.ofMillis(50));
    assertThat(hanging.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(hanging.status().getDescription()).contains("shutting down");
    assertThat(heard).containsExactly("shutting down", "cancelled");
  }

  @Test
  void a_close_does_not_wait_for_a_request_that_has_not_come_whole() throws Exception {
    var hanging = start("Hanging", MethodType.BIDI_STREAMING);
    hanging.send("");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("message");
    edge.close(Duration.ofSeconds(20));
    assertThat(hanging.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(heard).containsExactly("shutting down", "cancelled");
  }

  // ---- tools

  private interface OnMessage {
    void message(byte[] bytes, int offset, int length);
  }

  private static GrpcListener onMessages(OnMessage handler) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        handler.message(bytes, offset, length);
      }

      @Override
      public void halfClosed() {}
    };
  }

  private static void send(GrpcCall call, String text) {
    var bytes = bytes(text);
    call.send(bytes, 0, bytes.length);
  }

  private static void sendLast(GrpcCall call, String text) {
    var bytes = bytes(text);
    call.sendLast(bytes, 0, bytes.length);
  }

  private String unary(String name, String request) {
    var type = name.equals("Count") || name.equals("Generous") || name.equals("OwnLimit");
    return text(
        ClientCalls.blockingUnaryCall(
            channel,
            method(name, type ? MethodType.CLIENT_STREAMING : MethodType.UNARY),
            options(),
            bytes(request)));
  }

  private CompletableFuture<String> async(String name, String request) {
    var answer = new CompletableFuture<String>();
    var future =
        ClientCalls.futureUnaryCall(
            channel.newCall(method(name, MethodType.UNARY), options()), bytes(request));
    future.addListener(
        () -> {
          try {
            answer.complete(text(future.get()));
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        },
        Runnable::run);
    return answer;
  }

  private Calling start(String name, MethodType type) {
    return start(name, type, new Metadata(), options());
  }

  private Calling start(String name, MethodType type, Metadata headers, CallOptions options) {
    return start(name, type, headers, options, Integer.MAX_VALUE);
  }

  private Calling start(
      String name, MethodType type, Metadata headers, CallOptions options, int take) {
    var calling = new Calling(channel.newCall(method(name, type), options));
    calling.call.start(calling, headers);
    if (take > 0) {
      calling.call.request(take);
    }
    return calling;
  }

  private static final class Calling extends ClientCall.Listener<byte[]> {
    final ClientCall<byte[], byte[]> call;
    final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    final CompletableFuture<Status> closed = new CompletableFuture<>();
    volatile Metadata trailers = new Metadata();

    Calling(ClientCall<byte[], byte[]> call) {
      this.call = call;
    }

    void send(String text) {
      call.sendMessage(bytes(text));
    }

    Status status() throws Exception {
      return closed.get(20, TimeUnit.SECONDS);
    }

    List<String> messages() throws Exception {
      assertThat(status().isOk()).as("%s", status()).isTrue();
      return List.copyOf(received);
    }

    @Override
    public void onMessage(byte[] message) {
      received.add(text(message));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      this.trailers = trailers;
      closed.complete(status);
    }
  }

  private static void assertStatus(Status.Code code, String message, Runnable call) {
    var error = catchThrowableOfType(StatusRuntimeException.class, call::run);
    assertThat(error.getStatus().getCode()).isEqualTo(code);
    assertThat(error.getStatus().getDescription()).isEqualTo(message);
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited 20 s").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  /// Waits until a number has stood still for 300 ms.
  private static void awaitStanding(AtomicLong number) {
    var seen = new AtomicLong(-1);
    var since = new AtomicLong(System.nanoTime());
    await(() -> {
      if (seen.getAndSet(number.get()) != number.get()) {
        since.set(System.nanoTime());
      }
      return number.get() > 0
          && System.nanoTime() - since.get() > TimeUnit.MILLISECONDS.toNanos(300);
    });
  }

  private static CallOptions options() {
    return CallOptions.DEFAULT;
  }

  private static Metadata metadata(String name, String value) {
    var metadata = new Metadata();
    metadata.put(key(name), value);
    return metadata;
  }

  private static Metadata.Key<String> key(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
        .setType(type)
        .setFullMethodName("test.Test/" + name)
        .build();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
