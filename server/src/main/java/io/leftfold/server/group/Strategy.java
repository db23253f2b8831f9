// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.Arrays;
import java.util.Optional;

/// Which consumer of a group gets an event.
public enum Strategy {
  /// The one connected longest that has room.
  DISPATCH_TO_SINGLE("DispatchToSingle"),
  /// One after the other, as they have room.
  ROUND_ROBIN("RoundRobin"),
  /// The one that has the events of this stream.
  PINNED("Pinned"),
  /// The one that has the events with this correlation id.
  PINNED_BY_CORRELATION("PinnedByCorrelation");

  private final String text;

  Strategy(String text) {
    this.text = text;
  }

  /// Its name on the wire and in the configuration.
  ///
  /// @return the name
  public String text() {
    return text;
  }

  /// From its name.
  ///
  /// @param text as [#text]
  /// @return the strategy; empty if none is called so
  public static Optional<Strategy> of(String text) {
    return Arrays.stream(values()).filter(strategy -> strategy.text.equals(text)).findFirst();
  }
}
