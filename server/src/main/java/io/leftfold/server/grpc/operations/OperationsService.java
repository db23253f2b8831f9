// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.operations;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
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
import io.leftfold.server.edge.GrpcHandler;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import io.leftfold.server.node.Node;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/// The methods of `event_store.client.operations.Operations`. Each runs on a virtual thread of its
/// own: none is called often, and a store that is being closed lets them wait.
public final class OperationsService {

  private static final System.Logger LOGGER = System.getLogger(OperationsService.class.getName());
  private static final String SERVICE = "/event_store.client.operations.Operations/";

  private final Node node;
  private final ThreadFactory threads;

  /// The service of a node.
  ///
  /// @param node does what is asked
  /// @param threads makes a virtual thread for each call
  public OperationsService(Node node, ThreadFactory threads) {
    this.node = node;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, GrpcHandler> handlers() {
    return Map.of(
        SERVICE + "StartScavenge",
        call -> new Request(call, this::start),
        SERVICE + "StopScavenge",
        call -> new Request(call, this::stop));
  }

  private MessageLite start(byte[] request) throws InvalidProtocolBufferException, Refused {
    var options = StartScavengeReq.parseFrom(request).getOptions();
    var scavenge = node.startScavenge(Math.max(0, options.getStartFromChunk()));
    return ScavengeResp.newBuilder()
        .setScavengeId(scavenge.id().toString())
        .setScavengeResult(scavenge.isNew() ? ScavengeResult.Started : ScavengeResult.InProgress)
        .build();
  }

  private MessageLite stop(byte[] request) throws InvalidProtocolBufferException, Refused {
    var id = StopScavengeReq.parseFrom(request).getOptions().getScavengeId();
    if (!node.stopScavenge(id)) {
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
  private interface Work {
    MessageLite answer(byte[] request) throws InvalidProtocolBufferException, Refused;
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

  private final class Request implements GrpcListener {
    private final GrpcCall call;
    private final Work work;
    private byte[] request = {};

    Request(GrpcCall call, Work work) {
      this.call = call;
      this.work = work;
    }

    @Override
    public void message(byte[] bytes, int offset, int length) {
      request = Arrays.copyOfRange(bytes, offset, offset + length);
    }

    @Override
    public void halfClosed() {
      threads.newThread(this::answer).start();
    }

    private void answer() {
      try {
        var bytes = work.answer(request).toByteArray();
        call.execute(() -> call.sendLast(bytes, 0, bytes.length));
      } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
        fail(new Refused(GrpcStatus.INVALID_ARGUMENT, text(e), GrpcTrailers.NONE));
      } catch (Refused refused) {
        fail(refused);
      } catch (LeftfoldException e) {
        fail(new Refused(status(e), text(e), GrpcTrailers.NONE));
      } catch (RuntimeException e) {
        LOGGER.log(System.Logger.Level.ERROR, "A call to Operations failed", e);
        fail(
            new Refused(GrpcStatus.UNKNOWN, "Exception was thrown by handler.", GrpcTrailers.NONE));
      }
    }

    private void fail(Refused refused) {
      call.execute(() -> call.fail(refused.status, text(refused), refused.trailers));
    }
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
