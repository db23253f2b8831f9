// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.server.access.AccessToken;
import io.leftfold.server.access.Audit;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.Right;
import io.leftfold.server.access.UserAccess;
import io.leftfold.server.access.UserDetails;
import java.time.Duration;
import java.util.List;

/// Users and rights as one caller may see and change them. All methods wait: not for an event loop.
///
/// Everything is for administrators, but for one's own details, password and token.
public final class Administration {

  /// How long a token holds if nobody says.
  public static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

  private final UserAccess users;
  private final Caller caller;
  private final String from;

  Administration(UserAccess users, Caller caller, String from) {
    this.users = users;
    this.caller = caller;
    this.from = from;
  }

  /// All users.
  ///
  /// @return in the order in which they were made
  public List<UserDetails> users() {
    requireAdministrator();
    return users.all();
  }

  /// One user. For that user, too.
  ///
  /// @param name the login name
  /// @return what may be told
  public UserDetails user(String name) {
    requireAdministratorOr(name);
    return users.details(name);
  }

  /// Makes a user.
  ///
  /// @param name the login name
  /// @param password with which the user logs in
  /// @param fullName for people
  /// @param groups what the user belongs to
  /// @throws io.leftfold.server.access.UserProblemException if there is one, with another password
  public void create(String name, String password, String fullName, List<String> groups) {
    requireAdministrator();
    users.create(
        name, password, fullName, groups, audited("create user, in %s".formatted(groups), name));
  }

  /// Gives a user another name for people, and other groups.
  ///
  /// @param name the login name
  /// @param fullName for people
  /// @param groups what the user belongs to
  public void update(String name, String fullName, List<String> groups) {
    requireAdministrator();
    users.update(name, fullName, groups, audited("update user, in %s".formatted(groups), name));
  }

  /// Takes a user away.
  ///
  /// @param name the login name
  public void delete(String name) {
    requireAdministrator();
    users.delete(name, audited("delete user", name));
  }

  /// Lets a user log in, or not.
  ///
  /// @param name the login name
  /// @param enabled whether the user may
  public void enable(String name, boolean enabled) {
    requireAdministrator();
    users.enable(name, enabled, audited(enabled ? "enable user" : "disable user", name));
  }

  /// Gives a user another password, whatever the old one was.
  ///
  /// @param name the login name
  /// @param password the new one
  public void resetPassword(String name, String password) {
    requireAdministrator();
    users.resetPassword(name, password, audited("reset password", name));
  }

  /// Gives a user another password. For that user, too.
  ///
  /// @param name the login name
  /// @param current the old one
  /// @param password the new one
  /// @throws NotAuthorizedException if the old one is another
  public void changePassword(String name, String current, String password) {
    requireAdministratorOr(name);
    if (!users.changePassword(name, current, password, from, audited("change password", name))) {
      throw new NotAuthorizedException(
          "The password of %s is not the one given, or too many were tried; nothing was changed"
              .formatted(name));
    }
  }

  /// What stands for the caller's password for a while.
  ///
  /// @param lifetime how long
  /// @return the token
  public AccessToken token(Duration lifetime) {
    users.require(caller, Right.OnNode.GET_TOKEN);
    users.audit(audited("issue token for %d s".formatted(lifetime.toSeconds()), caller.name()));
    return users.token(caller, lifetime);
  }

  /// Whether somebody may do something with a stream, and why.
  ///
  /// @param granted whether
  /// @param sentence why
  public record Explanation(boolean granted, String sentence) {}

  /// Whether somebody may do something with a stream, and why.
  ///
  /// @param user the login name; empty for whoever names no user
  /// @param action what
  /// @param stream with which
  /// @return the explanation
  public Explanation explain(String user, Acl.Action action, StreamName stream) {
    users.require(caller, Right.OnNode.EXPLAIN_ACCESS);
    var right = Right.OnStream.to(action, stream);
    var asked = user.isEmpty() ? Caller.anonymous() : users.caller(user);
    users.audit(audited("explain access", "%s, %s".formatted(asked.name(), right)));
    var decision = users.decide(asked, right);
    return new Explanation(decision.granted(), decision.explained(asked, right));
  }

  private void requireAdministrator() {
    users.require(caller, Right.OnNode.MANAGE_USERS);
  }

  private void requireAdministratorOr(String name) {
    if (caller instanceof Caller.User user && user.name().equals(name)) {
      users.require(caller, Right.OnNode.STATISTICS); // who has logged in, and still may
    } else {
      requireAdministrator();
    }
  }

  private Audit.Entry audited(String action, String subject) {
    return users.entry(caller, from, action, subject);
  }
}
