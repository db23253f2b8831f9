// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.Locale;

/// What there was not enough of when something was refused.
public enum Shortage {
  /// There are as many connections as may be.
  CONNECTIONS("connections", "max-connections"),
  /// There are as many open gRPC calls as may be.
  CALLS("calls", "max-calls"),
  /// As many pages are being answered as may be.
  PAGES("pages", "nothing: ask less often"),
  /// The requests of all connections take as much memory as they may.
  REQUESTS("calls", "max-request-memory"),
  /// The requests of one connection do.
  CONNECTION_REQUESTS("calls", "max-connection-request-memory"),
  /// A connection has asked for much that it does not take.
  ANSWERS("calls", "max-connection-answer-memory");

  private final String refused;
  private final String option;

  Shortage(String refused, String option) {
    this.refused = refused;
    this.option = option;
  }

  /// The name in metrics.
  ///
  /// @return in lower case
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What is refused for it.
  String refused() {
    return refused;
  }

  /// The option of the server that says how much there is.
  String option() {
    return option;
  }
}
