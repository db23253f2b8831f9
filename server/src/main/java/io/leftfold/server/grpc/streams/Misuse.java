// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

/// A request that says too little or something impossible. Its message says all there is to say: a
/// trace of the stack would take ten times as long as the rest of the refusal, and callers can have
/// as many as they like.
final class Misuse extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  Misuse(String message) {
    super(message);
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
