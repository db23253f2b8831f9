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
  /// @param groups that the user belongs to
  record User(String name, Set<String> groups) implements Caller {
    /// Copies the groups.
    public User {
      groups = Set.copyOf(groups);
    }

    /// Whether the user goes by a name, or belongs to a group of that name.
    ///
    /// @param role the name of a user or of a group
    /// @return whether what is granted to it is granted to the user
    public boolean is(String role) {
      return name.equals(role) || groups.contains(role);
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
