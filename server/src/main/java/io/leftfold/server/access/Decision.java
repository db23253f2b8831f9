// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.util.List;

/// Whether somebody has a right, and what that rests on.
///
/// @param granted whether
/// @param grounds what decided
/// @param roles who is let in there; empty where no list decided
public record Decision(boolean granted, Grounds grounds, List<String> roles) {

  /// What a decision rests on.
  public enum Grounds {
    /// The caller is the node itself, or there are no users.
    TRUSTED("the node itself may do everything"),
    /// The caller is an administrator.
    ADMINISTRATOR("administrators may do everything"),
    /// The metadata of the stream has a list.
    STREAM("the metadata of the stream names who may"),
    /// `$settings` has a list for all streams of the kind.
    SETTINGS("the default in $settings names who may"),
    /// Nothing else is said.
    DEFAULT("nothing else is said in the stream's metadata or in $settings, so the default holds"),
    /// Of the node's own rights: a group decides.
    GROUP("the right belongs to a group"),
    /// Whoever has logged in may.
    LOGGED_IN("whoever has logged in may"),
    /// A token was shown, and what was asked takes the password.
    PASSWORD_NEEDED("that takes the password, and a token was shown"),
    /// Only the node itself may.
    NODE_ALONE("only the node itself may"),
    /// The user is disabled or gone, or has another password since.
    NO_LONGER_VALID("the user is disabled or gone, or has another password since");

    private final String words;

    Grounds(String words) {
      this.words = words;
    }
  }

  /// Copies the roles.
  public Decision {
    roles = List.copyOf(roles);
  }

  static Decision granted(Grounds grounds) {
    return new Decision(true, grounds, List.of());
  }

  static Decision denied(Grounds grounds) {
    return new Decision(false, grounds, List.of());
  }

  /// The decision for whoever was denied: which right is missing, and where that is decided. Whom a
  /// list names is not told.
  ///
  /// @param caller who asked
  /// @param right what for
  /// @return a sentence
  public String toCaller(Caller caller, Right right) {
    return "%s %s %s: %s"
        .formatted(caller.name(), granted ? "may" : "may not", right, grounds.words);
  }

  /// The decision with all that led to it: for the log and for administrators.
  ///
  /// @param caller who asked
  /// @param right what for
  /// @return a sentence
  public String explained(Caller caller, Right right) {
    var said = new StringBuilder(toCaller(caller, right));
    if (!roles.isEmpty() || grounds == Grounds.STREAM || grounds == Grounds.SETTINGS) {
      said.append(" (").append(right.key()).append(": ").append(roles).append(')');
    }
    if (caller instanceof Caller.User user) {
      said.append("; ")
          .append(user.name())
          .append(
              user.groups().isEmpty()
                  ? " is in no group"
                  : " is in " + String.join(", ", user.groups().stream().sorted().toList()));
    }
    return said.toString();
  }
}
