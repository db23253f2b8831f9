// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// Hears what the caller of one call says. Called on the call's event loop, in order, and no more
/// once the call is answered, failed or cancelled. What it throws ends the call with UNKNOWN.
public interface GrpcListener {

  /// A message. The bytes may be kept, and are not to be changed.
  ///
  /// @param bytes hold the message
  /// @param offset where it begins
  /// @param length how long it is
  void message(byte[] bytes, int offset, int length);

  /// The caller has no more messages.
  void halfClosed();

  /// The caller is gone, its deadline is over, or the edge has failed the call: nothing can be
  /// answered any more.
  default void cancelled() {}

  /// The server is about to close: a call without an end ends itself now. A call whose request has
  /// not ended is failed with UNAVAILABLE, unless it [#isBusy]; others have a moment to finish.
  default void shuttingDown() {}

  /// Whether something is under way whose outcome the caller is to be told although its request has
  /// not ended. Any other call whose request has not ended is failed when the server closes.
  ///
  /// @return whether the call is to be waited for
  default boolean isBusy() {
    return false;
  }

  /// A message is too long to be taken. Whoever knows a better error than RESOURCE_EXHAUSTED fails
  /// the call here.
  ///
  /// @param length of the message, as it was announced
  default void oversized(long length) {}
}
