// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.kurrent;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.grpc.calls.OneRequest;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;

/// Hears the one request of a call, and answers it on a thread of its own, where it may wait.
///
/// @param <Q> the request
public final class AsideRequest<Q> extends OneRequest<Q> {

  private final GrpcCall call;
  private final Function<? super RuntimeException, Refusal> refusals;

  /// Hears.
  ///
  /// @param call whose request it is
  /// @param parser of the request
  /// @param threads makes the thread
  /// @param answer answers it, and ends the call
  /// @param refusals what callers are told of errors
  public AsideRequest(
      GrpcCall call,
      Parser<Q> parser,
      ThreadFactory threads,
      Consumer<? super Q> answer,
      Function<? super RuntimeException, Refusal> refusals) {
    super(
        call,
        parser,
        request -> threads.newThread(() -> answer(call, answer, refusals, request)).start());
    this.call = call;
    this.refusals = refusals;
  }

  /// Hears, and answers with one message.
  ///
  /// @param <Q> the request
  /// @param call whose request it is
  /// @param parser of the request
  /// @param threads makes the thread
  /// @param work finds the answer
  /// @param refusals what callers are told of errors
  /// @return hears
  public static <Q> AsideRequest<Q> answering(
      GrpcCall call,
      Parser<Q> parser,
      ThreadFactory threads,
      Function<? super Q, ? extends MessageLite> work,
      Function<? super RuntimeException, Refusal> refusals) {
    return new AsideRequest<>(
        call,
        parser,
        threads,
        request -> {
          var bytes = work.apply(request).toByteArray();
          call.execute(() -> call.sendLast(bytes, 0, bytes.length));
        },
        refusals);
  }

  private static <Q> void answer(
      GrpcCall call,
      Consumer<? super Q> answer,
      Function<? super RuntimeException, Refusal> refusals,
      Q request) {
    try {
      answer.accept(request);
    } catch (RuntimeException e) {
      refusals.apply(e).end(call);
    }
  }

  @Override
  protected RuntimeException noMessage(InvalidProtocolBufferException cause) {
    return new IllegalArgumentException(
        "The request is not a protobuf message: " + cause.getMessage(), cause);
  }

  @Override
  protected void refuse(RuntimeException error) {
    refusals.apply(error).fail(call);
  }
}
