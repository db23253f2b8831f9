// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.time.Instant;
import java.util.List;

/// What may be told of a user.
///
/// @param name the login name
/// @param fullName for people
/// @param groups what the user belongs to
/// @param changed when something of this was recorded last
/// @param disabled whether the user may not log in
public record UserDetails(
    String name, String fullName, List<String> groups, Instant changed, boolean disabled) {
  /// Copies the groups.
  public UserDetails {
    groups = List.copyOf(groups);
  }

  static UserDetails of(User user) {
    return new UserDetails(
        user.name(), user.fullName(), user.groups(), user.changed(), user.disabled());
  }
}
