// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.server.access.UserAccess;
import java.util.Optional;

/// What a node that knows users begins with, and what it lets those do who name none.
///
/// @param adminPassword what the user `admin` has in a new store; empty for one that is not chosen
///   here
/// @param opsPassword what the user `ops` has in a new store; empty for one that is not chosen here
/// @param anonymousEndpoints whether whoever names no user may ask the node about itself
/// @param anonymousStreams whether whoever names no user may use the streams that let everybody
/// @param passwordRounds how dear it is to try a password: rounds of PBKDF2 with HMAC-SHA-512 for
///   what is hashed from now on, 1 to 10,000,000; fewer than [#PASSWORD_ROUNDS] are for tests
public record Authentication(
    Optional<String> adminPassword,
    Optional<String> opsPassword,
    boolean anonymousEndpoints,
    boolean anonymousStreams,
    int passwordRounds) {

  /// How many rounds a password takes where nobody says otherwise, as OWASP advises.
  public static final int PASSWORD_ROUNDS = UserAccess.ITERATIONS;

  private static final Authentication DEFAULTS =
      new Authentication(Optional.empty(), Optional.empty(), false, false, PASSWORD_ROUNDS);

  /// No passwords chosen here, nothing for those who name no user.
  ///
  /// @return the defaults
  public static Authentication defaults() {
    return DEFAULTS;
  }

  /// With passwords that are cheaper to try, or dearer.
  ///
  /// @param rounds how many rounds each takes
  /// @return the new authentication
  public Authentication withPasswordRounds(int rounds) {
    return new Authentication(
        adminPassword, opsPassword, anonymousEndpoints, anonymousStreams, rounds);
  }

  /// Without the passwords.
  @Override
  public String toString() {
    return "Authentication[anonymousEndpoints=%s, anonymousStreams=%s]"
        .formatted(anonymousEndpoints, anonymousStreams);
  }
}
