// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.users;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.grpc.calls.OneRequest;
import io.leftfold.server.node.Administration;
import io.leftfold.server.node.Session;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;

/// One request about users, answered on a thread of its own.
///
/// @param <Q> the request
final class AdministrationCall<Q> extends OneRequest<Q> {

  private final GrpcCall call;

  AdministrationCall(
      GrpcCall call,
      Session session,
      ThreadFactory threads,
      Parser<Q> parser,
      BiFunction<Administration, Q, ? extends List<? extends MessageLite>> work) {
    super(
        call,
        parser,
        request -> threads.newThread(() -> answer(call, session, request, work)).start());
    this.call = call;
  }

  private static <Q> void answer(
      GrpcCall call,
      Session session,
      Q request,
      BiFunction<Administration, Q, ? extends List<? extends MessageLite>> work) {
    try {
      var users =
          session
              .administration()
              .orElseThrow(
                  () -> new IllegalStateException("A server without users has no service"));
      var answers = work.apply(users, request).stream().map(MessageLite::toByteArray).toList();
      call.execute(() -> {
        answers.forEach(bytes -> call.send(bytes, 0, bytes.length));
        call.complete();
      });
    } catch (RuntimeException e) {
      var refusal = Refusal.of(e);
      call.execute(() -> refusal.end(call));
    }
  }

  @Override
  protected RuntimeException noMessage(InvalidProtocolBufferException cause) {
    return new IllegalArgumentException(cause.getMessage(), cause);
  }

  @Override
  protected void refuse(RuntimeException error) {
    Refusal.of(error).end(call);
  }
}
