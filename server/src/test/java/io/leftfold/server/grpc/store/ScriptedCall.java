// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.store;

import io.leftfold.server.edge.GrpcCall;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/// A call with a loop of one thread, whose caller takes only as much as the test lets it.
final class ScriptedCall implements GrpcCall {

  private final String path;
  private final ExecutorService loop =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
  private final List<byte[]> sent = new ArrayList<>();
  private final CompletableFuture<GrpcStatus> end = new CompletableFuture<>();
  private boolean room = true;
  private int messageBytesMax;
  private String message = "";
  private GrpcTrailers trailers = GrpcTrailers.NONE;
  private @Nullable Runnable whenReady;

  ScriptedCall(String path) {
    this.path = path;
  }

  // ---- what the test does

  /// Runs on the loop and waits for it.
  void onLoop(Runnable task) throws InterruptedException, ExecutionException {
    loop.submit(task).get();
  }

  void room(boolean room) throws InterruptedException, ExecutionException {
    onLoop(() -> {
      this.room = room;
      if (room) {
        runWhenReady();
      }
    });
  }

  void makeRoomOnce() throws InterruptedException, ExecutionException {
    onLoop(this::runWhenReady);
  }

  private void runWhenReady() {
    var task = whenReady;
    whenReady = null;
    if (task != null) {
      task.run();
    }
  }

  /// Waits until so many messages were sent and somebody waits for room, or has it.
  void awaitSent(int count) throws InterruptedException, ExecutionException {
    while (sent().size() < count) {
      Thread.onSpinWait();
    }
    settle();
  }

  /// Gives whoever might send more a fair chance to do so.
  void settle() throws InterruptedException, ExecutionException {
    for (var i = 0; i < 200; i++) {
      onLoop(Thread::yield);
    }
  }

  GrpcStatus awaitEnd() throws InterruptedException, ExecutionException {
    return end.get();
  }

  List<byte[]> sent() throws InterruptedException, ExecutionException {
    return loop.submit(() -> List.copyOf(sent)).get();
  }

  String message() {
    return message;
  }

  int messageBytesMax() {
    return messageBytesMax;
  }

  Optional<String> trailer(String name) {
    return trailers.entries().stream()
        .filter(entry -> entry.name().equals(name))
        .map(GrpcTrailers.Entry::value)
        .findFirst();
  }

  // ---- what the service does

  @Override
  public String path() {
    return path;
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
  public void messageBytesMax(int bytes) {
    messageBytesMax = bytes;
  }

  @Override
  public void send(byte[] bytes, int offset, int length) {
    sent.add(Arrays.copyOfRange(bytes, offset, offset + length));
  }

  @Override
  public void sendLast(byte[] bytes, int offset, int length) {
    send(bytes, offset, length);
    complete();
  }

  @Override
  public void complete() {
    end.complete(GrpcStatus.OK);
  }

  @Override
  public void fail(GrpcStatus status, String message, GrpcTrailers trailers) {
    if (!end.isDone()) {
      this.message = message;
      this.trailers = trailers;
      end.complete(status);
    }
  }

  @Override
  public boolean ended() {
    return end.isDone();
  }

  @Override
  public boolean ready() {
    return room && !ended();
  }

  @Override
  public void onReady(Runnable task) {
    whenReady = task;
    if (ready()) {
      loop.execute(this::runWhenReady);
    }
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }
}
