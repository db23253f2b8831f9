// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

/// What was asked of a group cannot be done.
public final class GroupException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// Why not.
  public enum Kind {
    /// There is no such group.
    MISSING,
    /// There is such a group.
    EXISTS,
    /// The reason says why.
    FAILED,
    /// It has as many consumers as it may have.
    FULL,
    /// It was deleted or changed, and its consumers are to connect again.
    DROPPED
  }

  private final Kind kind;
  private final String source;
  private final String name;
  private final String reason;

  private GroupException(Kind kind, String source, String name, String reason, String message) {
    super(message, null, false, false);
    this.kind = kind;
    this.source = source;
    this.name = name;
    this.reason = reason;
  }

  static GroupException of(Kind kind, GroupId id) {
    return of(kind, id.source().toString(), id.name(), "");
  }

  static GroupException failed(GroupId id, String reason) {
    return of(Kind.FAILED, id.source().toString(), id.name(), reason);
  }

  /// For a group that has no valid id.
  ///
  /// @param source as the caller named it
  /// @param name as the caller named it
  /// @param reason what is wrong
  /// @return the error
  public static GroupException failed(String source, String name, String reason) {
    return of(Kind.FAILED, source, name, reason);
  }

  static GroupException noneOf(GroupSource source) {
    var stream = source.toString();
    return new GroupException(
        Kind.MISSING, stream, "", "", "Stream %s has no subscription groups.".formatted(stream));
  }

  private static GroupException of(Kind kind, String source, String name, String reason) {
    var group = "Subscription group %s on stream %s".formatted(name, source);
    var message =
        switch (kind) {
          case MISSING -> group + " does not exist.";
          case EXISTS -> group + " exists.";
          case FAILED -> "%s failed: '%s'".formatted(group, reason);
          case FULL ->
              "Maximum subscriptions reached for subscription group %s on stream %s."
                  .formatted(name, source);
          case DROPPED -> group + " was dropped.";
        };
    return new GroupException(kind, source, name, reason, message);
  }

  /// Why not.
  ///
  /// @return the kind
  public Kind kind() {
    return kind;
  }

  /// What the group reads.
  ///
  /// @return the name of a stream, or `$all`
  public String source() {
    return source;
  }

  /// The name of the group.
  ///
  /// @return as the caller named it
  public String name() {
    return name;
  }

  /// What is wrong, where that is more than the kind says.
  ///
  /// @return the reason; empty if there is no other
  public String reason() {
    return reason;
  }
}
