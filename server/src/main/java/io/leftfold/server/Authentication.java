// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import java.util.Optional;

/// What a node that knows users begins with, and what it lets those do who name none.
///
/// @param adminPassword what the user `admin` has in a new store; empty for one that is not chosen
///   here
/// @param opsPassword what the user `ops` has in a new store; empty for one that is not chosen here
/// @param anonymousEndpoints whether whoever names no user may ask the node about itself
/// @param anonymousStreams whether whoever names no user may use the streams that let everybody
public record Authentication(
    Optional<String> adminPassword,
    Optional<String> opsPassword,
    boolean anonymousEndpoints,
    boolean anonymousStreams) {

  private static final Authentication DEFAULTS =
      new Authentication(Optional.empty(), Optional.empty(), false, false);

  /// No passwords chosen here, nothing for those who name no user.
  ///
  /// @return the defaults
  public static Authentication defaults() {
    return DEFAULTS;
  }

  /// Without the passwords.
  @Override
  public String toString() {
    return "Authentication[anonymousEndpoints=%s, anonymousStreams=%s]"
        .formatted(anonymousEndpoints, anonymousStreams);
  }
}
