// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry.compatibility;

/// What a new version of a schema owes to those before it.
public enum CompatibilityMode {
  /// Who has the new one reads what was written by the latest before.
  BACKWARD(true, false, false),
  /// Who has the latest before reads what is written by the new one.
  FORWARD(false, true, false),
  /// Both.
  FULL(true, true, false),
  /// Who has the new one reads what was written by any before.
  BACKWARD_ALL(true, false, true),
  /// Who has any before reads what is written by the new one.
  FORWARD_ALL(false, true, true),
  /// Both.
  FULL_ALL(true, true, true),
  /// Nothing.
  NONE(false, false, false);

  private final boolean backward;
  private final boolean forward;
  private final boolean all;

  CompatibilityMode(boolean backward, boolean forward, boolean all) {
    this.backward = backward;
    this.forward = forward;
    this.all = all;
  }

  /// Whether the new one must read what was written by old ones.
  ///
  /// @return whether
  public boolean isBackward() {
    return backward;
  }

  /// Whether old ones must read what is written by the new one.
  ///
  /// @return whether
  public boolean isForward() {
    return forward;
  }

  /// Whether every version before counts, not the latest alone.
  ///
  /// @return whether
  public boolean countsAll() {
    return all;
  }
}
