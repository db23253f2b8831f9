// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.concurrent.Executor;

/// A connection that speaks in frames, each with its length before it, four bytes little-endian.
///
/// It belongs to an event loop. All methods but [#execute] are called there; another thread hands
/// itself over. Answering one that is closed does nothing.
public interface FrameConnection extends Executor {

  /// Where the peer connects from.
  ///
  /// @return the peer
  Peer peer();

  /// Sends a frame.
  ///
  /// @param bytes holds it; not to be changed afterwards if it is long
  /// @param offset where it begins
  /// @param length how long it is
  void send(byte[] bytes, int offset, int length);

  /// Whether more may be sent of what could also wait.
  ///
  /// @return false as long as the peer has not taken enough of what was sent
  boolean ready();

  /// Runs something once, as soon as [#ready] says yes; in its turn, if others wait too.
  ///
  /// @param task sends a slice of what there is, and comes again
  void onReady(Runnable task);

  /// Counts what is kept in memory of requests that are not answered. The connection is closed if
  /// that is too much.
  ///
  /// @param bytes more, or fewer if negative
  void keep(long bytes);

  /// Hears no frames until [#resume]; what has come waits.
  void pause();

  /// Hears frames again.
  void resume();

  /// Closes when what was sent is written, and says why in the log: the peer broke a rule.
  ///
  /// @param why in words
  void close(String why);

  /// Whether it is closed, or about to be.
  ///
  /// @return whether nothing can be said any more
  boolean ended();
}
