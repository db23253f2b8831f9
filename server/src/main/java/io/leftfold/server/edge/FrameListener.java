// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

/// Hears one connection that speaks in frames. All methods are called on its event loop and may not
/// block.
public interface FrameListener {

  /// A whole frame. The bytes are valid until this returns.
  ///
  /// @param bytes holds it
  /// @param offset where it begins
  /// @param length how long it is, without what stands before it; may be 0
  void frame(byte[] bytes, int offset, int length);

  /// A frame is announced that is too long to be taken. The connection is closed when this returns:
  /// it may say why.
  ///
  /// @param length as it was announced, in bytes
  void oversized(int length);

  /// Nothing has come for a while: the peer is to be asked for a sign of life.
  void silent();

  /// Nobody is at the other end any more. Nothing is called after this.
  void closed();

  /// The server is about to close: what has no end of its own is to end now. Nothing is heard from
  /// here on; the connection is closed when it is not busy any more.
  void shuttingDown();

  /// Whether somebody waits for an answer that has begun to be made.
  ///
  /// @return whether it is worth waiting for
  boolean isBusy();
}
