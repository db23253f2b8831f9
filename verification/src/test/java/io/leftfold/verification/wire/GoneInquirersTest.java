// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.inquiries.AsOfRequest;
import io.leftfold.protocol.messages.inquiries.CreateOneTimeRequest;
import io.leftfold.protocol.messages.inquiries.DebugRequest;
import io.leftfold.protocol.messages.inquiries.ProjectionsGrpc;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Folds of the past and debug runs end when whoever asked for them is gone: there is room for few
/// of them, and room again long before they could have come to their end. The tests share the
/// server.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GoneInquirersTest {

  /// More than a minute of work, and a quarter of a second between two looks at the caller.
  private static final long EVENTS = 60_000;

  private static final String SLOW =
      "fromAll().when({ Happened(s, e) { const end = Date.now() + 2; while (Date.now() < end); } })";

  private final TestServer server = TestServer.inMemory();
  private final Wire wire = Wire.to(server);

  @BeforeAll
  void prepare() {
    for (var i = 0L; i < EVENTS; i += 1_000) {
      var events = Stream.generate(() -> ProposedEvent.json("Happened", "{}")).limit(1_000);
      server
          .store()
          .append(StreamName.of("a"), ExpectedState.any(), events.toArray(ProposedEvent[]::new));
    }
    Await.until("projections are there", this::isCreated);
  }

  @AfterAll
  void close() {
    wire.close();
    server.close();
  }

  private boolean isCreated() {
    try {
      var _ =
          ProjectionsGrpc.newBlockingStub(wire.channel())
              .createOneTime(
                  CreateOneTimeRequest.newBuilder()
                      .setProjection("slow")
                      .setQuery(SLOW)
                      .setDisabled(true)
                      .build());
      return true;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode() == Status.Code.ALREADY_EXISTS;
    }
  }

  private static AsOfRequest.Builder past() {
    return AsOfRequest.newBuilder().setProjection("slow");
  }

  /// Whether one that takes no time is told to come later.
  private boolean isFull() {
    try {
      var _ =
          ProjectionsGrpc.newBlockingStub(wire.channel())
              .withDeadlineAfter(Await.LIMIT)
              .asOf(past().setPosition(1).build())
              .next();
      return false;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
        throw e;
      }
      return true;
    }
  }

  /// Lets as many callers ask as are heard, and go away.
  private void leave(Callable<AutoCloseable> asking) throws Exception {
    var callers = new ArrayList<AutoCloseable>();
    Await.until(
        "no more are heard",
        () -> {
          var isFull = isFull();
          if (!isFull) {
            callers.add(asking.call());
          }
          return isFull;
        });
    for (var caller : callers) {
      caller.close();
    }
    Await.until("there is room again", () -> !isFull());
  }

  @Test
  void a_fold_of_the_past_ends_with_the_connection_that_asked_for_it() throws Exception {
    leave(() -> {
      var own = Wire.to(server);
      ProjectionsGrpc.newStub(own.channel()).asOf(past().build(), new Unheard<>());
      return () -> own.channel().shutdownNow();
    });
  }

  @Test
  void a_debug_run_ends_with_its_call() throws Exception {
    leave(() -> {
      var call = Context.current().withCancellation();
      call.run(() ->
          ProjectionsGrpc.newStub(wire.channel())
              .debug(
                  DebugRequest.newBuilder().setQuery(SLOW).setPosition(2 * EVENTS).build(),
                  new Unheard<>()));
      return call;
    });
  }

  @Test
  void a_page_of_the_past_ends_with_its_connection() throws Exception {
    leave(() -> ask("GET /projection/slow/state?asOf=" + 2 * EVENTS, ""));
  }

  @Test
  void a_page_of_a_debug_run_ends_with_its_connection() throws Exception {
    leave(() -> ask("POST /projections/debug?from=" + 2 * EVENTS, SLOW));
  }

  /// Asks, and does not wait for the answer.
  private Socket ask(String what, String body) throws Exception {
    var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket
        .getOutputStream()
        .write(
            "%s HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n%s"
                .formatted(what, body.length(), body)
                .getBytes(UTF_8));
    return socket;
  }

  /// Hears nothing.
  private static final class Unheard<T> implements StreamObserver<T> {
    @Override
    public void onNext(T value) {}

    @Override
    public void onError(Throwable t) {}

    @Override
    public void onCompleted() {}
  }
}
