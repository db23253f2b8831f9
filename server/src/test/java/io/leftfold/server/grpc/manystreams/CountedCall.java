// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A call that counts what is kept of it. What it is to execute it executes at once.
final class CountedCall implements GrpcCall {

  private long kept;
  private @Nullable GrpcStatus end;
  private String message = "";

  /// What is kept of the request.
  long kept() {
    return kept;
  }

  /// How it ended; null if it has not.
  @Nullable GrpcStatus end() {
    return end;
  }

  String message() {
    return message;
  }

  @Override
  public void keep(long bytes) {
    kept += bytes;
  }

  @Override
  public void fail(GrpcStatus status, String message, GrpcTrailers trailers) {
    if (end == null) {
      end = status;
      this.message = message;
    }
  }

  @Override
  public void sendLast(byte[] bytes, int offset, int length) {
    complete();
  }

  @Override
  public void complete() {
    end = GrpcStatus.OK;
  }

  @Override
  public boolean ended() {
    return end != null;
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public String path() {
    return "/any";
  }

  @Override
  public Optional<String> header(String name) {
    return Optional.empty();
  }

  @Override
  public Optional<Duration> timeout() {
    return Optional.empty();
  }

  @Override
  public void messageBytesMax(int bytes) {}

  @Override
  public void send(byte[] bytes, int offset, int length) {}

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void onReady(Runnable task) {}

  @Override
  public void pause() {}

  @Override
  public void resume() {}
}
