// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.server.access.AccessToken;
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
  private final Auditing auditing;

  Administration(UserAccess users, Caller caller, String from, Auditing auditing) {
    this.users = users;
    this.caller = caller;
    this.from = from;
    this.auditing = auditing;
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
    auditing.changing(
        this::requireAdministrator,
        "create user, in %s".formatted(groups),
        name,
        entry -> users.create(name, password, fullName, groups, entry));
  }

  /// Gives a user another name for people, and other groups.
  ///
  /// @param name the login name
  /// @param fullName for people
  /// @param groups what the user belongs to
  public void update(String name, String fullName, List<String> groups) {
    auditing.changing(
        this::requireAdministrator,
        "update user, in %s".formatted(groups),
        name,
        entry -> users.update(name, fullName, groups, entry));
  }

  /// Takes a user away.
  ///
  /// @param name the login name
  public void delete(String name) {
    auditing.changing(
        this::requireAdministrator, "delete user", name, entry -> users.delete(name, entry));
  }

  /// Lets a user log in, or not.
  ///
  /// @param name the login name
  /// @param enabled whether the user may
  public void enable(String name, boolean enabled) {
    auditing.changing(
        this::requireAdministrator,
        enabled ? "enable user" : "disable user",
        name,
        entry -> users.enable(name, enabled, entry));
  }

  /// Gives a user another password, whatever the old one was.
  ///
  /// @param name the login name
  /// @param password the new one
  public void resetPassword(String name, String password) {
    auditing.changing(
        this::requireAdministrator,
        "reset password",
        name,
        entry -> users.resetPassword(name, password, entry));
  }

  /// Gives a user another password. For that user, too.
  ///
  /// @param name the login name
  /// @param current the old one
  /// @param password the new one
  /// @throws NotAuthorizedException if the old one is another
  public void changePassword(String name, String current, String password) {
    auditing.changing(
        () -> requireAdministratorOr(name),
        "change password",
        name,
        entry -> {
          if (!users.changePassword(name, current, password, from, entry)) {
            throw new NotAuthorizedException(
                "The password of %s is not the one given, or too many were tried; nothing was changed"
                    .formatted(name));
          }
        });
  }

  /// What stands for the caller's password for a while.
  ///
  /// @param lifetime how long
  /// @return the token
  public AccessToken token(Duration lifetime) {
    return auditing.doing(
        () -> users.require(caller, Right.OnNode.GET_TOKEN),
        "issue token for %d s".formatted(lifetime.toSeconds()),
        caller.name(),
        () -> users.token(caller, lifetime));
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
    var right = Right.OnStream.to(action, stream);
    return auditing.doing(
        () -> users.require(caller, Right.OnNode.EXPLAIN_ACCESS),
        "explain access",
        "%s, %s".formatted(user.isEmpty() ? Caller.anonymous().name() : user, right),
        () -> {
          var asked = user.isEmpty() ? Caller.anonymous() : users.caller(user);
          var decision = users.decide(asked, right);
          return new Explanation(decision.granted(), decision.explained(asked, right));
        });
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
}
