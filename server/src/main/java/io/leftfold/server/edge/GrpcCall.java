// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// One call: what its caller said at the beginning, and how to answer it.
///
/// A call belongs to an event loop. All methods but [#execute] are called there; another thread
/// hands itself over:
///
/// ```java
/// store.append(commit, result -> call.execute(() -> call.sendLast(encoded(result))));
/// ```
///
/// Answering a call that has ended already (the caller cancelled, say) does nothing.
public interface GrpcCall extends Executor {

  /// The method's path.
  ///
  /// @return such as `/event_store.client.streams.Streams/Append`
  String path();

  /// A header of the request.
  ///
  /// @param name in lower case
  /// @return its value
  Optional<String> header(String name);

  /// The name by which the caller has reached the server, as it says itself.
  ///
  /// @return empty if it says nothing
  default Optional<Authority> authority() {
    return Optional.empty();
  }

  /// Where a caller believes the server to be: `:authority` in HTTP/2.
  ///
  /// @param host a name or an address; not to be believed
  /// @param port the port; −1 if it was not said
  record Authority(String host, int port) {}

  /// Where the caller connects from.
  ///
  /// @return the peer, or [Peer#UNKNOWN]
  default Peer peer() {
    return Peer.UNKNOWN;
  }

  /// Stands for the connection.
  ///
  /// @return the same for all calls of one connection, and for no other
  default Object connection() {
    return this;
  }

  /// How long the caller waits, counted from the beginning of the call. The edge sees to it.
  ///
  /// @return the time; empty if it waits for ever
  Optional<Duration> timeout();

  /// Takes longer or only shorter messages than usual from this caller.
  ///
  /// @param bytes the longest
  void messageBytesMax(int bytes);

  /// Counts what the handler keeps of a request that has not come whole or is not answered yet, or
  /// keeps no more, against what the connection and the server may hold. A call that goes beyond
  /// fails. What is left when the call ends is taken off by itself.
  ///
  /// @param bytes how many more; fewer, if negative
  default void keep(long bytes) {}

  /// Sends a message. The bytes are copied; messages sent within one turn of the event loop travel
  /// together. They are kept until the caller takes them, so ask [#ready] before.
  ///
  /// @param bytes hold the message
  /// @param offset where it begins
  /// @param length how long it is
  void send(byte[] bytes, int offset, int length);

  /// Sends a message and completes the call.
  ///
  /// @param bytes hold the message; copied
  /// @param offset where it begins
  /// @param length how long it is
  void sendLast(byte[] bytes, int offset, int length);

  /// Ends the call with OK.
  void complete();

  /// Ends the call with an error, after what was sent before.
  ///
  /// @param status not OK
  /// @param message for people; any text
  /// @param trailers for programs
  void fail(GrpcStatus status, String message, GrpcTrailers trailers);

  /// Ends the call with an error, after what was sent before.
  ///
  /// @param status not OK
  /// @param message for people; any text
  default void fail(GrpcStatus status, String message) {
    fail(status, message, GrpcTrailers.NONE);
  }

  /// Whether the call has ended: answered, failed or cancelled.
  ///
  /// @return whether it has
  boolean ended();

  /// Runs something once, when the call has ended, however it did. On the call's event loop.
  ///
  /// @param task is told the status; CANCELLED if the caller went away
  default void onEnd(Consumer<GrpcStatus> task) {}

  /// Whether the caller takes what is sent about as fast as it is sent. Sending to one that does
  /// not costs memory.
  ///
  /// @return whether there is room
  boolean ready();

  /// Runs something once, as soon as there is room: soon if there is some, never if the call ends
  /// before. A later task replaces an earlier one.
  ///
  /// @param task runs on the call's event loop
  void onReady(Runnable task);

  /// Takes no more messages until [#resume]: the caller is held up.
  void pause();

  /// Takes messages again.
  void resume();

  /// Runs a task on the call's event loop, soon, from whatever thread. Tasks run in the order of
  /// one thread's calls, many in one turn. What a task throws ends the call with UNKNOWN.
  ///
  /// @param task does not block
  @Override
  void execute(Runnable task);
}
