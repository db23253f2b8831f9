// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.calls;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcListener;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Hears the one request of a call, and begins to answer when it is whole. Until then its bytes
/// count against what the server may hold of all calls together.
///
/// @param <Q> the request
public abstract class OneRequest<Q> implements GrpcListener {

  private final GrpcCall call;
  private final Parser<Q> parser;
  private final Consumer<Q> begin;
  private @Nullable Q request;

  /// Hears.
  ///
  /// @param call whose request it is
  /// @param parser of the request
  /// @param begin begins to answer
  protected OneRequest(GrpcCall call, Parser<Q> parser, Consumer<Q> begin) {
    this.call = call;
    this.parser = parser;
    this.begin = begin;
  }

  @Override
  public final void message(byte[] bytes, int offset, int length) {
    try {
      if (request != null) {
        throw new IllegalArgumentException("The method takes one message, got another one");
      }
      check(bytes, offset, length);
      call.keep(length);
      request = parser.parseFrom(bytes, offset, length);
    } catch (InvalidProtocolBufferException e) {
      refuse(noMessage(e));
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  /// Looks at a request before objects are made of it.
  ///
  /// @param bytes in which it is
  /// @param offset where it begins
  /// @param length how long it is
  protected void check(byte[] bytes, int offset, int length) {}

  @Override
  public final void halfClosed() {
    try {
      if (request == null) {
        throw new IllegalArgumentException("The method takes one message, got none");
      }
      begin.accept(request);
    } catch (RuntimeException e) {
      refuse(e);
    }
  }

  /// What is wrong with bytes that are no message of the service.
  ///
  /// @param cause what the parser says
  /// @return the error to refuse the call with
  protected abstract RuntimeException noMessage(InvalidProtocolBufferException cause);

  /// Ends the call as the service tells errors. On the call's event loop.
  ///
  /// @param error what is wrong
  protected abstract void refuse(RuntimeException error);
}
