// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.operations;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.redaction.GetEventPositionReq;
import io.leftfold.protocol.messages.redaction.GetEventPositionResp;
import io.leftfold.protocol.messages.redaction.GetEventPositionResp.EventPosition;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.Operator;
import io.leftfold.server.node.Session;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/// The methods of `kurrent.client.redaction.Redaction`, which went by
/// `event_store.client.redaction` before: where events lie is told to operators. Files are not
/// switched for files that somebody else has written: what is recorded here is not rewritten.
public final class RedactionService {

  private static final String NOT_SWITCHED =
      "Leftfold does not take a file in the place of one of its log: nothing that was recorded is"
          + " rewritten, and chunk files of other stores are of another format. To forget a stream,"
          + " delete it and scavenge; to forget a person, encrypt what is personal with a key per"
          + " person and destroy the key";

  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param threads makes a virtual thread for each request
  public RedactionService(ThreadFactory threads) {
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    var handlers = new HashMap<String, SessionHandler>();
    for (var owner : new String[] {"kurrent", "event_store"}) {
      var service = "/" + owner + ".client.redaction.Redaction/";
      handlers.put(service + "GetEventPositions", Places::new);
      handlers.put(service + "SwitchChunks", RedactionService::notSwitched);
    }
    return handlers;
  }

  private static GrpcListener notSwitched(GrpcCall call, Session session) {
    return new GrpcListener() {
      @Override
      public void message(byte[] bytes, int offset, int length) {
        answer();
      }

      @Override
      public void halfClosed() {
        answer();
      }

      private void answer() {
        try {
          session.operator().require();
          call.fail(GrpcStatus.UNIMPLEMENTED, NOT_SWITCHED);
        } catch (RuntimeException e) {
          Refused.of(e).end(call);
        }
      }
    };
  }

  /// One call: each request is answered before the next is heard.
  private final class Places implements GrpcListener {
    private final GrpcCall call;
    private final Session session;
    private boolean asking;
    private boolean halfClosed;

    Places(GrpcCall call, Session session) {
      this.call = call;
      this.session = session;
    }

    @Override
    public void message(byte[] bytes, int offset, int length) {
      try {
        var request = GetEventPositionReq.parser().parseFrom(bytes, offset, length);
        asking = true;
        call.pause();
        threads.newThread(() -> answer(request)).start();
      } catch (InvalidProtocolBufferException e) {
        call.fail(GrpcStatus.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
      }
    }

    private void answer(GetEventPositionReq request) {
      try {
        var answer = places(request).toByteArray();
        call.execute(() -> {
          asking = false;
          call.send(answer, 0, answer.length);
          call.onReady(call::resume);
          if (halfClosed) {
            call.complete();
          }
        });
      } catch (RuntimeException e) {
        Refused.of(e).end(call);
      }
    }

    private GetEventPositionResp places(GetEventPositionReq request) {
      var operator = session.operator();
      operator.require();
      var answer = GetEventPositionResp.newBuilder();
      operator
          .place(
              StreamName.of(request.getStreamIdentifier().getStreamName().toStringUtf8()),
              request.getStreamRevision())
          .ifPresent(place -> answer.addEventPositions(position(place)));
      return answer.build();
    }

    @Override
    public void halfClosed() {
      halfClosed = true;
      if (!asking) {
        call.complete();
      }
    }

    @Override
    public boolean isBusy() {
      return asking;
    }
  }

  private static EventPosition position(Operator.Place place) {
    return EventPosition.newBuilder()
        .setLogPosition(place.position())
        .setChunkInfo(
            EventPosition.ChunkInfo.newBuilder()
                .setFileName(place.file())
                .setVersion(place.generation())
                .setIsComplete(place.sealed())
                .setEventOffset(place.offset()))
        .build();
  }
}
