// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.dcb;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.api.AppendResult;
import io.leftfold.api.Head;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.dcb.Umadb;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.grpc.calls.OneRequest;
import io.leftfold.server.grpc.calls.Outlet;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.MeasuredRead;
import io.leftfold.server.node.Session;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The methods of `umadb.v1.DCB`.
///
/// The head that is told is the position of the last event that this wire can see: a caller may
/// wait until it has been given that event.
public final class DcbService {

  /// The full name of the service.
  public static final String NAME = "umadb.v1.DCB";

  /// What a request may have beyond its events: names, tags, framing.
  private static final int REQUEST_BYTES_BESIDES = 1 << 20;

  private final Requests requests;
  private final ThreadFactory threads;
  private final int appendBytesMax;

  /// The service.
  ///
  /// @param stream where events that come this way are recorded
  /// @param ids for events without one
  /// @param threads makes a virtual thread for each call that may take a while
  /// @param appendBytesMax the largest append that is listened to; the node may allow less
  public DcbService(
      StreamName stream, Supplier<UUID> ids, ThreadFactory threads, int appendBytesMax) {
    this.requests = new Requests(stream, ids);
    this.threads = threads;
    this.appendBytesMax = appendBytesMax;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        path("Append"),
        Appending::new,
        path("Read"),
        (call, session) -> new Streaming<>(call, session, Umadb.ReadRequest.parser(), this::read),
        path("Subscribe"),
        (call, session) ->
            new Streaming<>(call, session, Umadb.SubscribeRequest.parser(), this::subscribe),
        path("Head"),
        answering(Umadb.HeadRequest.parser(), (session, _) -> head(session)),
        path("GetTrackingInfo"),
        answering(Umadb.TrackingRequest.parser(), DcbService::tracking));
  }

  private static String path(String method) {
    return "/%s/%s".formatted(NAME, method);
  }

  private static MessageLite head(Session session) {
    var response = Umadb.HeadResponse.newBuilder();
    lastVisible(session, new Head(Long.MAX_VALUE)).ifPresent(response::setPosition);
    return response.build();
  }

  /// The position of the last event below a head that this wire can see.
  private static OptionalLong lastVisible(Session session, Head head) {
    var last = ReadOptions.backwards().from(head.end()).limit(1);
    return session.read(Query.everything(), last).events().stream()
        .mapToLong(event -> event.position())
        .findFirst();
  }

  private static MessageLite tracking(Session session, Umadb.TrackingRequest request) {
    var response = Umadb.TrackingResponse.newBuilder();
    session.trackingPosition(request.getSource()).ifPresent(response::setPosition);
    return response.build();
  }

  private void read(Session session, Umadb.ReadRequest request, Outlet outlet) {
    if (subscribes(request)) {
      subscribe(session, Requests.subscription(request), ReadBatches::withoutHead, outlet);
      return;
    }
    try (var read = session.read(Requests.query(request.getQuery()), Requests.read(request))) {
      var limit = request.hasLimit() ? Integer.toUnsignedLong(request.getLimit()) : Long.MAX_VALUE;
      var batches =
          new ReadBatches(read.iterator(), limit, () -> lastVisible(session, read.head()));
      while (batches.hasNext() && awaitRoom(outlet, read)) {
        outlet.send(batches.next(request.getBatchSize()));
      }
    }
    outlet.complete();
  }

  private static boolean awaitRoom(Outlet outlet, MeasuredRead read) {
    read.pause();
    return outlet.awaitRoom();
  }

  @SuppressWarnings("deprecation") // older clients ask so
  private static boolean subscribes(Umadb.ReadRequest request) {
    return request.getSubscribe();
  }

  private void subscribe(Session session, Umadb.SubscribeRequest request, Outlet outlet) {
    subscribe(
        session,
        request,
        events -> Umadb.SubscribeResponse.newBuilder().addAllEvents(events).build(),
        outlet);
  }

  private void subscribe(
      Session session,
      Umadb.SubscribeRequest request,
      Function<Iterable<Umadb.SequencedEvent>, MessageLite> response,
      Outlet outlet) {
    var query = Requests.query(request.getQuery());
    try (var following = session.subscribe(query, Requests.subscribe(request))) {
      while (outlet.awaitRoom()) {
        var batch = SubscriptionBatch.of(following, request.getBatchSize());
        if (!batch.events().isEmpty()) {
          outlet.send(response.apply(batch.events()));
        }
        if (batch.end().isPresent()) {
          throw batch.end().get();
        }
        if (batch.exhausted() && !outlet.awaitNews(following)) {
          return;
        }
      }
    }
  }

  /// A method whose one answer is found on a thread of its own.
  private <Q> SessionHandler answering(
      Parser<Q> parser, BiFunction<Session, Q, MessageLite> answer) {
    return (call, session) ->
        new Request<>(
            call,
            parser,
            request -> start(call, () -> sendLast(call, answer.apply(session, request))));
  }

  private static void sendLast(GrpcCall call, MessageLite answer) {
    var bytes = answer.toByteArray();
    call.execute(() -> call.sendLast(bytes, 0, bytes.length));
  }

  private void start(GrpcCall call, Runnable work) {
    threads
        .newThread(() -> {
          try {
            work.run();
          } catch (RuntimeException | Error e) {
            Refusal.of(e).end(call);
          }
        })
        .start();
  }

  /// Hears the one request of a call.
  private static class Request<Q> extends OneRequest<Q> {
    private final GrpcCall call;

    Request(GrpcCall call, Parser<Q> parser, Consumer<Q> begin) {
      super(call, parser, begin);
      this.call = call;
    }

    @Override
    protected RuntimeException noMessage(InvalidProtocolBufferException cause) {
      return new Refusal.NoMessageException(
          "The request is not a message of umadb.v1.DCB: " + cause.getMessage(), cause);
    }

    @Override
    protected final void refuse(RuntimeException error) {
      Refusal.of(error).endHere(call);
    }
  }

  /// Hears an append, which may be larger than other messages.
  private final class Appending extends Request<Umadb.AppendRequest> {
    Appending(GrpcCall call, Session session) {
      call.messageBytesMax(Math.addExact(appendBytesMax, REQUEST_BYTES_BESIDES));
      super(
          call,
          Umadb.AppendRequest.parser(),
          request -> session.append(requests.commit(request), new Waiting(call)));
    }

    @Override
    protected void check(byte[] bytes, int offset, int length) {
      AppendCount.requireBounded(bytes, offset, length, appendBytesMax);
    }

    @Override
    public void oversized(long length) {
      refuse(LimitExceededException.append(length, appendBytesMax));
    }
  }

  private record Waiting(GrpcCall call) implements Completion {
    @Override
    public void completed(AppendResult result) {
      sendLast(call, Answers.appended(result));
    }

    @Override
    public void failed(LeftfoldException reason) {
      Refusal.of(reason).end(call);
    }
  }

  /// Answers a request with many messages.
  private interface Work<Q> {
    void answer(Session session, Q request, Outlet outlet);
  }

  /// Hears a request that is answered with many messages, by a thread of its own.
  private final class Streaming<Q> extends Request<Q> {
    private final Outlet outlet;

    Streaming(GrpcCall call, Session session, Parser<Q> parser, Work<Q> work) {
      var outlet = new Outlet(call);
      super(call, parser, request -> start(call, () -> work.answer(session, request, outlet)));
      this.outlet = outlet;
    }

    @Override
    public void cancelled() {
      outlet.gone();
    }

    @Override
    public void shuttingDown() {
      outlet.gone();
      refuse(
          new UnavailableException(
              UnavailableException.Reason.CLOSED,
              "The server is closing; connect again and go on behind the last event"));
    }
  }
}
