// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.users;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.protocol.messages.users.ChangePasswordReq;
import io.leftfold.protocol.messages.users.ChangePasswordResp;
import io.leftfold.protocol.messages.users.CreateReq;
import io.leftfold.protocol.messages.users.CreateResp;
import io.leftfold.protocol.messages.users.DeleteReq;
import io.leftfold.protocol.messages.users.DeleteResp;
import io.leftfold.protocol.messages.users.DetailsReq;
import io.leftfold.protocol.messages.users.DetailsResp;
import io.leftfold.protocol.messages.users.DisableReq;
import io.leftfold.protocol.messages.users.DisableResp;
import io.leftfold.protocol.messages.users.EnableReq;
import io.leftfold.protocol.messages.users.EnableResp;
import io.leftfold.protocol.messages.users.ResetPasswordReq;
import io.leftfold.protocol.messages.users.ResetPasswordResp;
import io.leftfold.protocol.messages.users.UpdateReq;
import io.leftfold.protocol.messages.users.UpdateResp;
import io.leftfold.protocol.wire.Ticks;
import io.leftfold.server.access.UserDetails;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.node.Administration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;

/// The methods of `event_store.client.users.Users`. Each runs on a virtual thread of its own: a
/// password takes its time.
public final class UsersService {

  private static final String SERVICE = "/event_store.client.users.Users/";

  private final ThreadFactory threads;

  /// The service.
  ///
  /// @param threads makes a virtual thread for each call
  public UsersService(ThreadFactory threads) {
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.ofEntries(
        method(
            "Create",
            CreateReq.parser(),
            CreateResp.getDefaultInstance(),
            (users, request) -> {
              var user = request.getOptions();
              users.create(
                  user.getLoginName(),
                  user.getPassword(),
                  user.getFullName(),
                  user.getGroupsList());
            }),
        method(
            "Update",
            UpdateReq.parser(),
            UpdateResp.getDefaultInstance(),
            (users, request) -> {
              var user = request.getOptions();
              users.update(user.getLoginName(), user.getFullName(), user.getGroupsList());
            }),
        method(
            "Delete",
            DeleteReq.parser(),
            DeleteResp.getDefaultInstance(),
            (users, request) -> users.delete(request.getOptions().getLoginName())),
        method(
            "Enable",
            EnableReq.parser(),
            EnableResp.getDefaultInstance(),
            (users, request) -> users.enable(request.getOptions().getLoginName(), true)),
        method(
            "Disable",
            DisableReq.parser(),
            DisableResp.getDefaultInstance(),
            (users, request) -> users.enable(request.getOptions().getLoginName(), false)),
        method(
            "ChangePassword",
            ChangePasswordReq.parser(),
            ChangePasswordResp.getDefaultInstance(),
            (users, request) ->
                users.changePassword(
                    request.getOptions().getLoginName(),
                    request.getOptions().getCurrentPassword(),
                    request.getOptions().getNewPassword())),
        method(
            "ResetPassword",
            ResetPasswordReq.parser(),
            ResetPasswordResp.getDefaultInstance(),
            (users, request) ->
                users.resetPassword(
                    request.getOptions().getLoginName(), request.getOptions().getNewPassword())),
        Map.entry(
            SERVICE + "Details",
            (call, session) ->
                new AdministrationCall<>(
                    call, session, threads, DetailsReq.parser(), UsersService::details)));
  }

  private <Q> Map.Entry<String, SessionHandler> method(
      String name, Parser<Q> parser, MessageLite done, BiConsumer<Administration, Q> work) {
    return Map.entry(
        SERVICE + name,
        (call, session) ->
            new AdministrationCall<>(
                call,
                session,
                threads,
                parser,
                (users, request) -> {
                  work.accept(users, request);
                  return List.of(done);
                }));
  }

  private static List<DetailsResp> details(Administration users, DetailsReq request) {
    var name = request.getOptions().getLoginName();
    var found = name.isEmpty() ? users.users() : List.of(users.user(name));
    return found.stream().map(UsersService::details).toList();
  }

  private static DetailsResp details(UserDetails user) {
    return DetailsResp.newBuilder()
        .setUserDetails(
            DetailsResp.UserDetails.newBuilder()
                .setLoginName(user.name())
                .setFullName(user.fullName())
                .addAllGroups(user.groups())
                .setDisabled(user.disabled())
                .setLastUpdated(
                    DetailsResp.UserDetails.DateTime.newBuilder()
                        .setTicksSinceEpoch(Ticks.of(user.changed()))))
        .build();
  }
}
