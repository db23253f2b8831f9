// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.StreamName;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// A user as the store has it.
///
/// @param name the login name
/// @param fullName for people
/// @param groups what the user belongs to
/// @param disabled whether the user may not log in
/// @param changed when that was recorded
/// @param password what is kept of it
/// @param revision of the event that says so
/// @param stamp of the password
record User(
    String name,
    String fullName,
    List<String> groups,
    boolean disabled,
    Instant changed,
    PasswordHash password,
    long revision,
    long stamp) {

  /// The begin of the names of the streams that users are kept in.
  static final String STREAM_PREFIX = "$user-";

  User {
    groups = List.copyOf(groups);
  }

  User(
      String name,
      String fullName,
      List<String> groups,
      boolean disabled,
      Instant changed,
      PasswordHash password,
      long revision) {
    this(name, fullName, groups, disabled, changed, password, revision, password.stamp());
  }

  /// Where a user is kept.
  static StreamName stream(String name) {
    return StreamName.of(STREAM_PREFIX + name);
  }

  Caller.User asCaller() {
    return asCaller(false);
  }

  Caller.User asCaller(boolean byToken) {
    return new Caller.User(name, Set.copyOf(groups), stamp, byToken);
  }

  User with(String newFullName, List<String> newGroups) {
    return new User(name, newFullName, newGroups, disabled, changed, password, revision, stamp);
  }

  User with(PasswordHash newPassword) {
    return new User(name, fullName, groups, disabled, changed, newPassword, revision);
  }

  User withDisabled(boolean nowDisabled) {
    return new User(name, fullName, groups, nowDisabled, changed, password, revision, stamp);
  }
}
