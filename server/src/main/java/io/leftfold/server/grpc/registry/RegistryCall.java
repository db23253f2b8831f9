// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.registry;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.api.LimitExceededException;
import io.leftfold.server.access.Caller;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.grpc.calls.OneRequest;
import io.leftfold.server.registry.BadSchemaException;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/// Hears the one request of a call, and answers it on a thread of its own, where it may wait.
///
/// @param <Q> the request
final class RegistryCall<Q> extends OneRequest<Q> {

  private final GrpcCall call;
  private final Caller caller;
  private final String operation;

  /// @param operation the name of the method
  /// @param answer finds the answer
  RegistryCall(
      GrpcCall call,
      Caller caller,
      String operation,
      Parser<Q> parser,
      ThreadFactory threads,
      Function<? super Q, ? extends MessageLite> answer) {
    super(
        call,
        parser,
        request ->
            threads
                .newThread(() -> {
                  try {
                    var bytes = answer.apply(request).toByteArray();
                    call.execute(() -> call.sendLast(bytes, 0, bytes.length));
                  } catch (RuntimeException | Error e) {
                    RegistryRefusal.of(e, caller, operation).end(call);
                  }
                })
                .start());
    this.call = call;
    this.caller = caller;
    this.operation = operation;
  }

  @Override
  public void oversized(long length) {
    refuse(LimitExceededException.append(length, RegistryService.REQUEST_BYTES_MAX));
  }

  @Override
  protected RuntimeException noMessage(InvalidProtocolBufferException cause) {
    return new BadSchemaException(
        "",
        "The request is not a message of kurrentdb.protocol.registry.v2: " + cause.getMessage());
  }

  @Override
  protected void refuse(RuntimeException error) {
    RegistryRefusal.of(error, caller, operation).fail(call);
  }
}
