// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.operations;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.protocol.messages.operations.ScavengeResp;
import io.leftfold.protocol.messages.operations.ScavengeResp.ScavengeResult;
import io.leftfold.protocol.messages.operations.SetNodePriorityReq;
import io.leftfold.protocol.messages.operations.StartScavengeReq;
import io.leftfold.protocol.messages.operations.StopScavengeReq;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.server.access.Right;
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

  private static final String SERVICE = "/event_store.client.operations.Operations/";

  private final Runnable restartGroups;
  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param restartGroups lets go of all persistent subscriptions and takes them up again
  /// @param threads makes a virtual thread for each call
  public OperationsService(Runnable restartGroups, ThreadFactory threads) {
    this.restartGroups = restartGroups;
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
            new Request<>(call, StopScavengeReq.parser(), request -> stop(session, request)),
        SERVICE + "Shutdown",
        (call, session) -> new Request<>(call, Empty.parser(), _ -> shutDown(session)),
        SERVICE + "MergeIndexes",
        (call, session) -> new Request<>(call, Empty.parser(), _ -> merge(session)),
        SERVICE + "ResignNode",
        (call, session) -> new Request<>(call, Empty.parser(), _ -> resign(session)),
        SERVICE + "SetNodePriority",
        (call, session) ->
            new Request<>(
                call, SetNodePriorityReq.parser(), request -> setPriority(session, request)),
        SERVICE + "RestartPersistentSubscriptions",
        (call, session) -> new Request<>(call, Empty.parser(), _ -> restartGroups(session)));
  }

  private MessageLite restartGroups(Session session) {
    session
        .operator()
        .does(
            Right.OnNode.OPERATE,
            "restart persistent subscriptions",
            "all",
            () -> {
              restartGroups.run();
              return true;
            });
    return Empty.getDefaultInstance();
  }

  private static MessageLite shutDown(Session session) {
    session.operator().shutDown();
    return Empty.getDefaultInstance();
  }

  private static MessageLite merge(Session session) {
    session.operator().mergeIndex();
    return Empty.getDefaultInstance();
  }

  private static MessageLite resign(Session session) {
    session.operator().resign();
    return Empty.getDefaultInstance();
  }

  private static MessageLite setPriority(Session session, SetNodePriorityReq request) {
    session.operator().setPriority(request.getPriority());
    return Empty.getDefaultInstance();
  }

  private static MessageLite start(Session session, StartScavengeReq request) {
    var options = request.getOptions();
    var scavenge = session.operator().startScavenge(Math.max(0, options.getStartFromChunk()));
    return ScavengeResp.newBuilder()
        .setScavengeId(scavenge.id().toString())
        .setScavengeResult(scavenge.isNew() ? ScavengeResult.Started : ScavengeResult.InProgress)
        .build();
  }

  private static MessageLite stop(Session session, StopScavengeReq request) throws Refused {
    var id = request.getOptions().getScavengeId();
    if (!session.operator().stopScavenge(id)) {
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
      Refused.of(error).end(call);
    }
  }

  private static <Q> void answer(GrpcCall call, Work<Q> work, Q request) {
    try {
      var bytes = work.answer(request).toByteArray();
      call.execute(() -> call.sendLast(bytes, 0, bytes.length));
    } catch (Refused refused) {
      refused.end(call);
    } catch (RuntimeException e) {
      Refused.of(e).end(call);
    }
  }
}
