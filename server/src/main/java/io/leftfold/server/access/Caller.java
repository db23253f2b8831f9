// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.util.Set;

/// Somebody who asks for something.
public sealed interface Caller {

  /// The group of those who may do everything.
  String ADMINS = "$admins";

  /// The group of those who may operate the node.
  String OPS = "$ops";

  /// What messages and records call the caller.
  ///
  /// @return a name for people
  String name();

  /// Somebody who has shown no credentials.
  record Anonymous() implements Caller {
    @Override
    public String name() {
      return "(anonymous)";
    }
  }

  /// A user who has shown valid credentials.
  ///
  /// @param name the login name
  /// @param groups that the user belonged to at that moment
  /// @param stamp of the password that was valid then: with another one the user is not this caller
  ///   any more
  /// @param byToken whether what was shown was a token, not the password
  record User(String name, Set<String> groups, long stamp, boolean byToken) implements Caller {
    /// Copies the groups.
    public User {
      groups = Set.copyOf(groups);
    }

    /// Whether the user goes by a name, or belongs to a group of that name. The names of the
    /// store's own groups begin with `$`, and no user goes by them.
    ///
    /// @param role the name of a user or of a group
    /// @return whether what is granted to it is granted to the user
    public boolean is(String role) {
      return groups.contains(role) || (name.equals(role) && !role.startsWith("$"));
    }
  }

  /// The node itself, and everybody where there are no users: may do everything.
  record Trusted() implements Caller {
    @Override
    public String name() {
      return "(trusted)";
    }
  }

  /// Somebody unknown.
  ///
  /// @return the caller
  static Caller anonymous() {
    return new Anonymous();
  }

  /// One who may do everything.
  ///
  /// @return the caller
  static Caller trusted() {
    return new Trusted();
  }
}
