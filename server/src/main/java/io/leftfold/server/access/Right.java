// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;

/// What a caller needs for an operation.
public sealed interface Right {

  /// Doing something with one stream.
  ///
  /// @param action what
  /// @param stream with which; `$all` stands for all of them, `$dcb` for asking by type and tag
  ///   across them
  record OnStream(Acl.Action action, StreamName stream) implements Right {
    @Override
    public String toString() {
      return "%s of %s"
          .formatted(action.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '), stream);
    }
  }

  /// Doing something with the node.
  enum OnNode implements Right {
    /// Seeing figures: for everybody who has logged in.
    STATISTICS("see statistics"),
    /// Scavenging, backups, shutting down and the like: for `$ops`.
    OPERATE("operate the node"),
    /// Persistent subscriptions, other than taking from them: for `$ops`.
    MANAGE_GROUPS("manage persistent subscriptions"),
    /// Users: for `$admins`.
    MANAGE_USERS("manage users"),
    /// Asking why something was denied: for `$admins`.
    EXPLAIN_ACCESS("explain access");

    private final String words;

    OnNode(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }
}
