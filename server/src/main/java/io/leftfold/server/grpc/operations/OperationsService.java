// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.operations;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.api.AlreadyTrackedException;
import io.leftfold.api.ConditionFailedException;
import io.leftfold.api.CorruptLogException;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.protocol.messages.operations.ScavengeResp;
import io.leftfold.protocol.messages.operations.ScavengeResp.ScavengeResult;
import io.leftfold.protocol.messages.operations.StartScavengeReq;
import io.leftfold.protocol.messages.operations.StopScavengeReq;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.grpc.calls.OneRequest;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.Session;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/// The methods of `event_store.client.operations.Operations`. Each runs on a virtual thread of its
/// own: none is called often, and a store that is being closed lets them wait.
public final class OperationsService {

  private static final System.Logger LOGGER = System.getLogger(OperationsService.class.getName());
  private static final String SERVICE = "/event_store.client.operations.Operations/";

  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param threads makes a virtual thread for each call
  public OperationsService(ThreadFactory threads) {
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.of(
        SERVICE + "StartScavenge",
        (call, session) ->
            new Request<>(call, StartScavengeReq.parser(), request -> start(session, request)),
        SERVICE + "StopScavenge",
        (call, session) ->
            new Request<>(call, StopScavengeReq.parser(), request -> stop(session, request)));
  }

  private static MessageLite start(Session session, StartScavengeReq request) {
    var options = request.getOptions();
    var scavenge = session.startScavenge(Math.max(0, options.getStartFromChunk()));
    return ScavengeResp.newBuilder()
        .setScavengeId(scavenge.id().toString())
        .setScavengeResult(scavenge.isNew() ? ScavengeResult.Started : ScavengeResult.InProgress)
        .build();
  }

  private static MessageLite stop(Session session, StopScavengeReq request) throws Refused {
    var id = request.getOptions().getScavengeId();
    if (!session.stopScavenge(id)) {
      throw new Refused(
          GrpcStatus.NOT_FOUND,
          "Scavenge id was invalid.",
          GrpcTrailers.NONE.with("exception", "scavenge-not-found").with("scavenge-id", id));
    }
    return ScavengeResp.newBuilder()
        .setScavengeId(id)
        .setScavengeResult(ScavengeResult.Stopped)
        .build();
  }

  /// Finds the answer to a request.
  private interface Work<Q> {
    MessageLite answer(Q request) throws Refused;
  }

  /// An answer that is none.
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final GrpcStatus status;
    private final transient GrpcTrailers trailers;

    Refused(GrpcStatus status, String message, GrpcTrailers trailers) {
      super(message);
      this.status = status;
      this.trailers = trailers;
    }
  }

  private final class Request<Q> extends OneRequest<Q> {
    private final GrpcCall call;

    Request(GrpcCall call, Parser<Q> parser, Work<Q> work) {
      super(call, parser, request -> threads.newThread(() -> answer(call, work, request)).start());
      this.call = call;
    }

    @Override
    protected RuntimeException noMessage(InvalidProtocolBufferException cause) {
      return new IllegalArgumentException(cause.getMessage(), cause);
    }

    @Override
    protected void refuse(RuntimeException error) {
      fail(call, refused(error));
    }
  }

  private static <Q> void answer(GrpcCall call, Work<Q> work, Q request) {
    try {
      var bytes = work.answer(request).toByteArray();
      call.execute(() -> call.sendLast(bytes, 0, bytes.length));
    } catch (Refused refused) {
      fail(call, refused);
    } catch (RuntimeException e) {
      fail(call, refused(e));
    }
  }

  private static Refused refused(RuntimeException error) {
    return switch (error) {
      case IllegalArgumentException misuse ->
          new Refused(GrpcStatus.INVALID_ARGUMENT, text(misuse), GrpcTrailers.NONE);
      case LeftfoldException known -> new Refused(status(known), text(known), GrpcTrailers.NONE);
      default -> {
        LOGGER.log(System.Logger.Level.ERROR, "A call to Operations failed", error);
        yield new Refused(
            GrpcStatus.UNKNOWN, "Exception was thrown by handler.", GrpcTrailers.NONE);
      }
    };
  }

  private static void fail(GrpcCall call, Refused refused) {
    call.execute(() -> call.fail(refused.status, text(refused), refused.trailers));
  }

  private static GrpcStatus status(LeftfoldException error) {
    return switch (error) {
      case UnavailableException _ -> GrpcStatus.UNAVAILABLE;
      case NotAuthorizedException _ -> GrpcStatus.PERMISSION_DENIED;
      case CorruptLogException _ -> GrpcStatus.DATA_LOSS;
      case WrongExpectedStateException _,
          ConditionFailedException _,
          AlreadyTrackedException _,
          StreamTombstonedException _,
          LimitExceededException _ ->
          GrpcStatus.FAILED_PRECONDITION;
    };
  }

  private static String text(Exception error) {
    return String.valueOf(error.getMessage());
  }
}
