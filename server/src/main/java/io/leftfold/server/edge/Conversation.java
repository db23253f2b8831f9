// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.time.Duration;

/// What an event loop and a [Share] know of whatever hears and answers: a call, or a connection
/// that speaks in frames. All is called on its event loop.
interface Conversation {

  /// Writes what was said in this turn.
  void write();

  /// Looked at once a period, while something is arriving.
  void checkArrival(Duration period);

  /// What is held of its requests, if it may be let go of.
  ///
  /// @return bytes
  long dispensableBytes();

  /// All together hold too much, and this one more than most.
  ///
  /// @param why in words
  void giveWay(String why);

  /// There may be room again for what the connection sends.
  void roomMade();
}
