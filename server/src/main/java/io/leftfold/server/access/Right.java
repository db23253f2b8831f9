// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;

/// What a caller needs for an operation.
public sealed interface Right {

  /// The key under which lists name those who have it.
  ///
  /// @return `$r` and the like; empty for what no list grants
  String key();

  /// Doing something with one stream.
  ///
  /// @param action what
  /// @param stream with which; `$all` stands for all of them, `$dcb` for asking by type and tag
  ///   across them
  record OnStream(Acl.Action action, StreamName stream) implements Right {

    /// What a caller needs who does something with a stream: with a metastream it is the right to
    /// the metadata of the stream itself.
    ///
    /// @param action what is done
    /// @param stream with which
    /// @return the right
    public static OnStream to(Acl.Action action, StreamName stream) {
      if (!stream.isMetastream()) {
        return new OnStream(action, stream);
      }
      return new OnStream(
          switch (action) {
            case READ, READ_METADATA -> Acl.Action.READ_METADATA;
            case WRITE, DELETE, WRITE_METADATA -> Acl.Action.WRITE_METADATA;
          },
          stream.original());
    }

    @Override
    public String key() {
      return switch (action) {
        case READ -> "$r";
        case WRITE -> "$w";
        case DELETE -> "$d";
        case READ_METADATA -> "$mr";
        case WRITE_METADATA -> "$mw";
      };
    }

    @Override
    public String toString() {
      return switch (action) {
        case READ -> "read " + stream;
        case WRITE -> "write to " + stream;
        case DELETE -> "delete " + stream;
        case READ_METADATA -> "read the metadata of " + stream;
        case WRITE_METADATA -> "write the metadata of " + stream;
      };
    }
  }

  /// Doing something with the node.
  enum OnNode implements Right {
    /// Seeing figures: for everybody who has logged in.
    STATISTICS("see statistics"),
    /// Getting a token in place of a password: for everybody who has logged in.
    GET_TOKEN("get a token"),
    /// Scavenging, backups, shutting down and the like: for `$ops`.
    OPERATE("operate the node"),
    /// Persistent subscriptions, other than taking from them: for `$ops`.
    MANAGE_GROUPS("manage persistent subscriptions"),
    /// Projections that are kept, other than looking at them: for `$ops`.
    MANAGE_PROJECTIONS("manage projections"),
    /// Schemas, and asking what would fit them: for everybody who has logged in.
    READ_SCHEMAS("read schemas"),
    /// Making, changing and deleting schemas: for `$ops`.
    MANAGE_SCHEMAS("manage schemas"),
    /// User-defined indexes, other than looking at them: for `$ops`.
    MANAGE_INDEXES("manage user-defined indexes"),
    /// Users: for `$admins`.
    MANAGE_USERS("manage users"),
    /// Asking why something was denied: for `$admins`.
    EXPLAIN_ACCESS("explain access");

    private final String words;

    OnNode(String words) {
      this.words = words;
    }

    @Override
    public String key() {
      return "";
    }

    @Override
    public String toString() {
      return words;
    }
  }
}
