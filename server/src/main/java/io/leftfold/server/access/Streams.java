// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.StreamName;

/// The streams in which users, rights and what administrators did are kept.
final class Streams {

  static final StreamName SETTINGS = StreamName.of("$settings");
  static final StreamName USERS = StreamName.of("$users");
  static final StreamName PASSWORD_NOTIFICATIONS = StreamName.of("$users-password-notifications");
  static final StreamName AUDIT = StreamName.of("$audit");

  private Streams() {}

  /// Whether what is in a stream decides who may do what.
  static boolean decideRights(StreamName stream) {
    return stream.equals(SETTINGS)
        || stream.equals(USERS)
        || stream.value().startsWith(User.STREAM_PREFIX);
  }
}
