// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.streams;

import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A call whose event loop is the thread of the test: nothing runs until the test lets it.
public final class LoopedCall implements GrpcCall {

  private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final List<byte[]> sent = new ArrayList<>();
  private @Nullable GrpcStatus end;
  private @Nullable Runnable whenReady;
  private String message = "";
  private GrpcTrailers trailers = GrpcTrailers.NONE;
  private boolean paused;
  private long roomBytes = Long.MAX_VALUE;

  // ---- what the test does

  /// The caller takes so many bytes more, and then no more.
  void room(long bytes) {
    roomBytes = bytes;
    runWhenReady();
  }

  /// Runs what other threads ask for until something is so.
  void runUntil(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      tasks.take().run();
    }
  }

  /// What was answered.
  public List<byte[]> sent() {
    return sent;
  }

  /// How the call ended; null while it goes on.
  public @Nullable GrpcStatus end() {
    return end;
  }

  String message() {
    return message;
  }

  boolean paused() {
    return paused;
  }

  Optional<String> trailer(String name) {
    return trailers.entries().stream()
        .filter(entry -> entry.name().equals(name))
        .map(GrpcTrailers.Entry::value)
        .findFirst();
  }

  private void runWhenReady() {
    var task = whenReady;
    if (task != null && ready()) {
      whenReady = null;
      task.run();
    }
  }

  // ---- what the service does

  @Override
  public String path() {
    return "";
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
  public void send(byte[] bytes, int offset, int length) {
    if (!ended()) {
      sent.add(Arrays.copyOfRange(bytes, offset, offset + length));
      roomBytes -= length;
    }
  }

  @Override
  public void sendLast(byte[] bytes, int offset, int length) {
    send(bytes, offset, length);
    complete();
  }

  @Override
  public void complete() {
    if (!ended()) {
      end = GrpcStatus.OK;
    }
  }

  @Override
  public void fail(GrpcStatus status, String message, GrpcTrailers trailers) {
    if (!ended()) {
      end = status;
      this.message = message;
      this.trailers = trailers;
    }
  }

  @Override
  public boolean ended() {
    return end != null;
  }

  @Override
  public boolean ready() {
    return !ended() && roomBytes > 0;
  }

  @Override
  public void onReady(Runnable task) {
    whenReady = task;
    if (ready()) {
      tasks.add(this::runWhenReady);
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }
}
