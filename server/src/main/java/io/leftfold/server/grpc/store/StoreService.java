// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.store;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.protocol.messages.store.Wire;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.grpc.calls.OneRequest;
import io.leftfold.server.grpc.calls.Outlet;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Following;
import io.leftfold.server.node.MeasuredRead;
import io.leftfold.server.node.Session;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The methods of `leftfold.v1.Store`.
///
/// An append, a delete and a tombstone are handed to the writer on the event loop, and answered
/// when the writer says so. Everything else runs on a virtual thread of its own: a read that is
/// filtered may look at many events before it finds one, and metadata waits for the disk.
public final class StoreService {

  private static final String SERVICE = "/leftfold.v1.Store/";

  /// A batch goes out when it holds so many events, or so many bytes.
  private static final int BATCH_EVENTS_MAX = 256;

  private static final int BATCH_BYTES_MAX = 128 << 10;

  private static final int BATCH_STREAMS_MAX = 1000;

  /// Of so many types and so many categories it is told how many events they have.
  private static final int COUNTS_MAX = 100;

  /// After so many bytes of a backup its caller is told how far it is.
  private static final long BACKUP_BYTES_TOLD = 16 << 20;

  /// What a request may have beyond its events: names, tags, framing.
  private static final int REQUEST_BYTES_BESIDES = 1 << 20;

  private final ThreadFactory threads;
  private final int appendBytesMax;

  /// The service.
  ///
  /// @param threads makes a virtual thread for each call that may take a while
  /// @param appendBytesMax the largest append that is listened to; the node may allow less
  public StoreService(ThreadFactory threads, int appendBytesMax) {
    this.threads = threads;
    this.appendBytesMax = appendBytesMax;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.ofEntries(
        method("Append", Appending::new),
        method(
            "Delete",
            (call, session) ->
                new Request<>(
                    call,
                    Wire.DeleteRequest.parser(),
                    request ->
                        session.delete(
                            StreamName.of(request.getStream()),
                            Requests.expected(request.getExpected()),
                            telling(call, result -> deleted(result))))),
        method(
            "Tombstone",
            (call, session) ->
                new Request<>(
                    call,
                    Wire.TombstoneRequest.parser(),
                    request ->
                        session.tombstone(
                            StreamName.of(request.getStream()),
                            Requests.expected(request.getExpected()),
                            telling(call, result -> tombstoned(result))))),
        method(
            "Read",
            (call, session) ->
                new Streaming<>(call, session, Wire.ReadRequest.parser(), this::read)),
        method(
            "Subscribe",
            (call, session) ->
                new Streaming<>(call, session, Wire.SubscribeRequest.parser(), this::subscribe)),
        method(
            "ListStreams",
            (call, session) ->
                new Streaming<>(call, session, Wire.ListStreamsRequest.parser(), this::list)),
        method(
            "Backup",
            (call, session) ->
                new Streaming<>(call, session, Wire.BackupRequest.parser(), this::backup)),
        answer(
            "StreamState",
            Wire.StreamStateRequest.parser(),
            (session, request) ->
                Wire.StreamStateResponse.newBuilder()
                    .setState(Answers.state(session.state(StreamName.of(request.getStream()))))
                    .build()),
        answer(
            "Metadata",
            Wire.MetadataRequest.parser(),
            (session, request) ->
                Answers.metadata(session.metadata(StreamName.of(request.getStream())))),
        answer(
            "WriteMetadata",
            Wire.WriteMetadataRequest.parser(),
            (session, request) ->
                Answers.appended(
                    session.writeMetadata(
                        StreamName.of(request.getStream()),
                        Requests.expected(request.getExpected()),
                        Requests.metadata(request.getMetadata())))),
        answer(
            "TrackingPosition",
            Wire.TrackingPositionRequest.parser(),
            (session, request) -> {
              var response = Wire.TrackingPositionResponse.newBuilder();
              session.trackingPosition(request.getSource()).ifPresent(response::setPosition);
              return response.build();
            }),
        answer(
            "PositionAt",
            Wire.PositionAtRequest.parser(),
            (session, request) ->
                Wire.PositionAtResponse.newBuilder()
                    .setPosition(session.positionAt(Requests.time(request)))
                    .build()),
        answer(
            "LastPosition",
            Wire.LastPositionRequest.parser(),
            (session, _) -> {
              var response = Wire.LastPositionResponse.newBuilder();
              session.lastPosition().ifPresent(response::setPosition);
              return response.build();
            }),
        answer(
            "Stats",
            Wire.StatsRequest.parser(),
            (session, _) ->
                Answers.stats(
                    session.statistics().ofStore(), session.statistics().counts(COUNTS_MAX))));
  }

  private static Map.Entry<String, SessionHandler> method(String name, SessionHandler handler) {
    return Map.entry(SERVICE + name, handler);
  }

  /// A method whose one answer is found on a thread of its own.
  private <Q> Map.Entry<String, SessionHandler> answer(
      String name, Parser<Q> parser, BiFunction<Session, Q, MessageLite> answer) {
    return method(
        name,
        (call, session) ->
            new Request<>(
                call,
                parser,
                request -> start(call, () -> sendLast(call, answer.apply(session, request)))));
  }

  private static Wire.DeleteResponse deleted(AppendResult result) {
    return Wire.DeleteResponse.newBuilder().setPosition(result.position().orElseThrow()).build();
  }

  private static Wire.TombstoneResponse tombstoned(AppendResult result) {
    return Wire.TombstoneResponse.newBuilder().setPosition(result.position().orElseThrow()).build();
  }

  private static Completion telling(GrpcCall call, Function<AppendResult, MessageLite> answer) {
    return new Completion() {
      @Override
      public void completed(AppendResult result) {
        sendLast(call, answer.apply(result));
      }

      @Override
      public void failed(LeftfoldException reason) {
        Refusal.of(reason).end(call);
      }
    };
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

  private void read(Session session, Wire.ReadRequest request, Outlet outlet) {
    var options = Requests.read(request);
    switch (request.getSourceCase()) {
      case STREAM -> {
        try (var read = session.read(StreamName.of(request.getStream()), options)) {
          outlet.send(Wire.ReadResponse.newBuilder().setState(Answers.state(read.state())).build());
          pump(read, outlet);
        }
      }
      case ALL -> {
        try (var read = session.readAll(options)) {
          outlet.send(Answers.OPENED);
          pump(read, outlet);
        }
      }
      case QUERY -> {
        try (var read = session.read(Requests.query(request.getQuery()), options)) {
          outlet.send(Wire.ReadResponse.newBuilder().setHead(read.head().end()).build());
          pump(read, outlet);
        }
      }
      case SOURCE_NOT_SET ->
          throw new IllegalArgumentException(
              "A read is of one stream, of all or by query, got none of them");
    }
  }

  private static void pump(MeasuredRead read, Outlet outlet) {
    Iterator<ResolvedEvent> events = read.iterator();
    while (events.hasNext()) {
      var batch = batch(events);
      read.pause();
      if (!outlet.awaitRoom()) {
        return;
      }
      outlet.send(batch);
    }
    outlet.complete();
  }

  private static Wire.ReadResponse batch(Iterator<ResolvedEvent> events) {
    var batch = Wire.ResolvedEvents.newBuilder();
    var bytes = 0;
    while (batch.getEventsCount() < BATCH_EVENTS_MAX
        && bytes < BATCH_BYTES_MAX
        && events.hasNext()) {
      var event = Answers.resolved(events.next());
      bytes += event.getSerializedSize();
      batch.addEvents(event);
    }
    return Wire.ReadResponse.newBuilder().setEvents(batch).build();
  }

  private void subscribe(Session session, Wire.SubscribeRequest request, Outlet outlet) {
    var options = Requests.subscribe(request);
    var following =
        switch (request.getSourceCase()) {
          case STREAM -> session.subscribe(StreamName.of(request.getStream()), options);
          case ALL -> session.subscribeToAll(options);
          case SOURCE_NOT_SET ->
              throw new IllegalArgumentException(
                  "A subscription is to one stream or to all, got neither");
        };
    try (following) {
      outlet.send(Wire.SubscribeResponse.getDefaultInstance());
      while (outlet.awaitRoom()) {
        var batch = new SubscriptionBatch(following);
        if (batch.messages.getMessagesCount() > 0) {
          outlet.send(batch.messages.build());
        }
        if (batch.end != null) {
          throw batch.end;
        }
        if (batch.exhausted && !outlet.awaitNews(following)) {
          return;
        }
      }
    }
  }

  /// What a subscription has to say now, in one message; its end comes behind it.
  private static final class SubscriptionBatch {
    private final Wire.SubscribeResponse.Builder messages = Wire.SubscribeResponse.newBuilder();
    private boolean exhausted;
    private @Nullable LeftfoldException end;

    SubscriptionBatch(Following following) {
      var bytes = 0;
      try {
        while (messages.getMessagesCount() < BATCH_EVENTS_MAX && bytes < BATCH_BYTES_MAX) {
          var next = following.poll();
          if (next.isEmpty()) {
            exhausted = true;
            return;
          }
          var message = Answers.message(next.get());
          bytes += message.getSerializedSize();
          messages.addMessages(message);
        }
      } catch (LeftfoldException e) {
        end = e;
      }
    }
  }

  private void list(Session session, Wire.ListStreamsRequest request, Outlet outlet) {
    var options = Requests.list(request);
    var left = options.limit();
    var after = options.after();
    while (left > 0) {
      var asked = Math.min(left, BATCH_STREAMS_MAX);
      var streams = session.streams(new ListOptions(options.prefix(), after, asked));
      if (!streams.isEmpty()) {
        var response = Wire.ListStreamsResponse.newBuilder();
        streams.forEach(stream -> response.addStreams(Answers.summary(stream)));
        if (!outlet.awaitRoom()) {
          return;
        }
        outlet.send(response.build());
        after = streams.getLast().name().value();
      }
      left = streams.size() < asked ? 0 : left - asked;
    }
    outlet.complete();
  }

  private void backup(Session session, Wire.BackupRequest request, Outlet outlet) {
    var told = new long[1];
    var report =
        session
            .operator()
            .backup(
                request.getName(),
                bytes -> {
                  if (!outlet.awaitRoom()) {
                    throw new UnavailableException(
                        UnavailableException.Reason.CLOSED, "The caller of the backup is gone");
                  }
                  if (bytes - told[0] >= BACKUP_BYTES_TOLD) {
                    told[0] = bytes;
                    outlet.send(Wire.BackupResponse.newBuilder().setBytesCopied(bytes).build());
                  }
                });
    if (outlet.awaitRoom()) {
      outlet.send(Answers.backedUp(report));
      outlet.complete();
    }
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
      return new IllegalArgumentException(
          "The request is not a message of leftfold.v1.Store: " + cause.getMessage(), cause);
    }

    @Override
    protected final void refuse(RuntimeException error) {
      var refusal = Refusal.of(error);
      call.fail(refusal.status(), refusal.message(), refusal.trailers());
    }
  }

  /// Hears an append, which may be larger than other messages.
  private final class Appending extends Request<Wire.AppendRequest> {
    Appending(GrpcCall call, Session session) {
      call.messageBytesMax(Math.addExact(appendBytesMax, REQUEST_BYTES_BESIDES));
      super(
          call,
          Wire.AppendRequest.parser(),
          request -> {
            var commit = Requests.commit(request);
            session.append(commit, new Waiting(call, commit));
          });
    }

    /// Tells the caller, who is told which of its conditions failed by the number.
    private record Waiting(GrpcCall call, Commit commit) implements Completion {
      @Override
      public void completed(AppendResult result) {
        sendLast(call, Answers.appended(result));
      }

      @Override
      public void failed(LeftfoldException reason) {
        Refusal.of(reason, commit).end(call);
      }
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
