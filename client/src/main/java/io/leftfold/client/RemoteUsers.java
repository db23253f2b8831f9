// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.MessageLite;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.access.AccessGrpc;
import io.leftfold.protocol.messages.access.ExplainRequest;
import io.leftfold.protocol.messages.access.IssueTokenRequest;
import io.leftfold.protocol.messages.users.ChangePasswordReq;
import io.leftfold.protocol.messages.users.CreateReq;
import io.leftfold.protocol.messages.users.DeleteReq;
import io.leftfold.protocol.messages.users.DetailsReq;
import io.leftfold.protocol.messages.users.DetailsResp;
import io.leftfold.protocol.messages.users.DisableReq;
import io.leftfold.protocol.messages.users.EnableReq;
import io.leftfold.protocol.messages.users.ResetPasswordReq;
import io.leftfold.protocol.messages.users.UpdateReq;
import io.leftfold.protocol.messages.users.UsersGrpc;
import io.leftfold.protocol.wire.Ticks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The users of a Leftfold server, and what they may do.
///
/// Most of it is for administrators: connect as one. Whoever may not gets a
/// `NotAuthorizedException`; a user who is not there, or is there already, is an
/// [IllegalArgumentException].
public final class RemoteUsers implements AutoCloseable {

  private final ManagedChannel channel;
  private final ConnectionString connection;
  private final Failures failures;

  private RemoteUsers(ConnectionString connection) {
    this.connection = connection;
    this.failures = new Failures(connection);
    this.channel = Channels.open(connection);
  }

  /// The users of the server that a connection string leads to. Nothing is sent yet.
  ///
  /// @param connection where, how and as whom
  /// @return the users, to be closed after use
  public static RemoteUsers connect(ConnectionString connection) {
    return new RemoteUsers(connection);
  }

  /// A user.
  ///
  /// @param name the login name
  /// @param fullName for people
  /// @param groups what the user belongs to
  /// @param changed when something of this was recorded last
  /// @param disabled whether the user may not log in
  public record User(
      String name, String fullName, List<String> groups, Instant changed, boolean disabled) {
    /// Copies the groups.
    public User {
      groups = List.copyOf(groups);
    }
  }

  /// All users.
  ///
  /// @return in the order in which they were made
  public List<User> all() {
    return details(DetailsReq.getDefaultInstance(), "The list of users");
  }

  /// One user.
  ///
  /// @param name the login name
  /// @return the user
  public User user(String name) {
    return details(
            DetailsReq.newBuilder()
                .setOptions(DetailsReq.Options.newBuilder().setLoginName(name))
                .build(),
            "The look at user " + name)
        .getFirst();
  }

  private List<User> details(DetailsReq request, String call) {
    var users = new ArrayList<User>();
    try {
      ClientCalls.blockingServerStreamingCall(
              channel, UsersGrpc.getDetailsMethod(), options(), request)
          .forEachRemaining(details -> users.add(user(details.getUserDetails())));
    } catch (StatusRuntimeException e) {
      throw failed(e, call);
    }
    return users;
  }

  private static User user(DetailsResp.UserDetails user) {
    return new User(
        user.getLoginName(),
        user.getFullName(),
        user.getGroupsList(),
        Ticks.instant(user.getLastUpdated().getTicksSinceEpoch()),
        user.getDisabled());
  }

  /// Makes a user. One who is there already stays, if the password is the same.
  ///
  /// @param name the login name
  /// @param password with which the user logs in
  /// @param fullName for people
  /// @param groups what the user belongs to
  public void create(String name, String password, String fullName, List<String> groups) {
    ask(
        UsersGrpc.getCreateMethod(),
        CreateReq.newBuilder()
            .setOptions(
                CreateReq.Options.newBuilder()
                    .setLoginName(name)
                    .setPassword(password)
                    .setFullName(fullName)
                    .addAllGroups(groups))
            .build(),
        "The making of user " + name);
  }

  /// Gives a user another name for people, and other groups.
  ///
  /// @param name the login name
  /// @param fullName for people
  /// @param groups what the user belongs to
  public void update(String name, String fullName, List<String> groups) {
    ask(
        UsersGrpc.getUpdateMethod(),
        UpdateReq.newBuilder()
            .setOptions(
                UpdateReq.Options.newBuilder()
                    .setLoginName(name)
                    .setFullName(fullName)
                    .addAllGroups(groups))
            .build(),
        "The update of user " + name);
  }

  /// Takes a user away.
  ///
  /// @param name the login name
  public void delete(String name) {
    ask(
        UsersGrpc.getDeleteMethod(),
        DeleteReq.newBuilder()
            .setOptions(DeleteReq.Options.newBuilder().setLoginName(name))
            .build(),
        "The deletion of user " + name);
  }

  /// Lets a user log in.
  ///
  /// @param name the login name
  public void enable(String name) {
    ask(
        UsersGrpc.getEnableMethod(),
        EnableReq.newBuilder()
            .setOptions(EnableReq.Options.newBuilder().setLoginName(name))
            .build(),
        "The enabling of user " + name);
  }

  /// Lets a user log in no more.
  ///
  /// @param name the login name
  public void disable(String name) {
    ask(
        UsersGrpc.getDisableMethod(),
        DisableReq.newBuilder()
            .setOptions(DisableReq.Options.newBuilder().setLoginName(name))
            .build(),
        "The disabling of user " + name);
  }

  /// Gives a user another password. For that user, too.
  ///
  /// @param name the login name
  /// @param current the old one
  /// @param password the new one
  public void changePassword(String name, String current, String password) {
    ask(
        UsersGrpc.getChangePasswordMethod(),
        ChangePasswordReq.newBuilder()
            .setOptions(
                ChangePasswordReq.Options.newBuilder()
                    .setLoginName(name)
                    .setCurrentPassword(current)
                    .setNewPassword(password))
            .build(),
        "The change of the password of " + name);
  }

  /// Gives a user another password, whatever the old one was.
  ///
  /// @param name the login name
  /// @param password the new one
  public void resetPassword(String name, String password) {
    ask(
        UsersGrpc.getResetPasswordMethod(),
        ResetPasswordReq.newBuilder()
            .setOptions(
                ResetPasswordReq.Options.newBuilder().setLoginName(name).setNewPassword(password))
            .build(),
        "The reset of the password of " + name);
  }

  /// What stands for a password for a while.
  ///
  /// @param text to be sent as `Bearer`; never printed
  /// @param expires when it ends
  public record Token(String text, Instant expires) {
    @Override
    public String toString() {
      return "token until " + expires;
    }
  }

  /// Something that stands for the password of whoever is connected, for a while.
  ///
  /// @param lifetime how long; a day at most
  /// @return the token
  public Token token(Duration lifetime) {
    var answer =
        ask(
            AccessGrpc.getIssueTokenMethod(),
            IssueTokenRequest.newBuilder().setSeconds((int) lifetime.toSeconds()).build(),
            "The request for a token");
    return new Token(answer.getToken(), Instant.ofEpochSecond(answer.getExpires()));
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
  /// @param stream with which; `$all` for all of them, `$dcb` for asking by type and tag
  /// @return the explanation
  public Explanation explain(String user, Acl.Action action, StreamName stream) {
    var answer =
        ask(
            AccessGrpc.getExplainMethod(),
            ExplainRequest.newBuilder()
                .setUser(user)
                .setStream(stream.value())
                .setAction(
                    switch (action) {
                      case READ -> ExplainRequest.Action.READ;
                      case WRITE -> ExplainRequest.Action.WRITE;
                      case DELETE -> ExplainRequest.Action.DELETE;
                      case READ_METADATA -> ExplainRequest.Action.READ_METADATA;
                      case WRITE_METADATA -> ExplainRequest.Action.WRITE_METADATA;
                    })
                .build(),
            "The question about " + stream);
    return new Explanation(answer.getGranted(), answer.getExplanation());
  }

  private <Q extends MessageLite, A> A ask(MethodDescriptor<Q, A> method, Q request, String call) {
    try {
      return ClientCalls.blockingUnaryCall(channel, method, options(), request);
    } catch (StatusRuntimeException e) {
      throw failed(e, call);
    }
  }

  private CallOptions options() {
    return CallOptions.DEFAULT.withDeadlineAfter(connection.defaultDeadline());
  }

  private RuntimeException failed(StatusRuntimeException e, String call) {
    return switch (e.getStatus().getCode()) {
      case NOT_FOUND -> new IllegalArgumentException(e.getStatus().getDescription(), e);
      case FAILED_PRECONDITION ->
          new IllegalArgumentException(
              call + " found a user of that name already, with another password", e);
      case UNIMPLEMENTED ->
          new IllegalArgumentException(
              call
                  + " was refused: the server knows no users. It was started insecure, or is of another kind",
              e);
      default -> {
        var interrupted =
            Thread.currentThread().isInterrupted()
                && e.getStatus().getCode() == Status.Code.CANCELLED;
        yield interrupted ? failures.interrupted(call) : failures.of(e, call, 0);
      }
    };
  }

  @Override
  public void close() {
    Channels.close(channel);
  }
}
