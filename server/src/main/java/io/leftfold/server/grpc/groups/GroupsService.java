// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.groups;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.leftfold.protocol.messages.groups.CreateReq;
import io.leftfold.protocol.messages.groups.CreateResp;
import io.leftfold.protocol.messages.groups.DeleteReq;
import io.leftfold.protocol.messages.groups.DeleteResp;
import io.leftfold.protocol.messages.groups.GetInfoReq;
import io.leftfold.protocol.messages.groups.GetInfoResp;
import io.leftfold.protocol.messages.groups.ListReq;
import io.leftfold.protocol.messages.groups.ListResp;
import io.leftfold.protocol.messages.groups.ReplayParkedReq;
import io.leftfold.protocol.messages.groups.ReplayParkedResp;
import io.leftfold.protocol.messages.groups.TruncateParkedReq;
import io.leftfold.protocol.messages.groups.TruncateParkedResp;
import io.leftfold.protocol.messages.groups.UpdateReq;
import io.leftfold.protocol.messages.groups.UpdateResp;
import io.leftfold.protocol.messages.parked.ParkedRequest;
import io.leftfold.protocol.messages.parked.ReplayChosenRequest;
import io.leftfold.protocol.messages.parked.ReplayChosenResponse;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.server.access.Right;
import io.leftfold.server.group.Groups;
import io.leftfold.server.grpc.calls.SessionHandler;
import io.leftfold.server.grpc.kurrent.AsideRequest;
import io.leftfold.server.node.Session;
import java.util.Map;
import java.util.concurrent.ThreadFactory;

/// The methods of `PersistentSubscriptions`, and of our own `Groups`.
public final class GroupsService {

  private static final String SERVICE =
      "/event_store.client.persistent_subscriptions.PersistentSubscriptions/";

  private static final String OURS = "/leftfold.v1.Groups/";

  private final Groups groups;
  private final ThreadFactory threads;

  /// The service of all groups.
  ///
  /// @param groups do what is asked
  /// @param threads makes a virtual thread for each call but `Read`
  public GroupsService(Groups groups, ThreadFactory threads) {
    this.groups = groups;
    this.threads = threads;
  }

  /// What answers each method.
  ///
  /// @return by the path of the method
  public Map<String, SessionHandler> handlers() {
    return Map.ofEntries(
        Map.entry(SERVICE + "Read", (call, session) -> new ConsumerCall(call, session, groups)),
        Map.entry(SERVICE + "Create", asking(CreateReq.parser(), this::create)),
        Map.entry(SERVICE + "Update", asking(UpdateReq.parser(), this::update)),
        Map.entry(SERVICE + "Delete", asking(DeleteReq.parser(), this::delete)),
        Map.entry(SERVICE + "ReplayParked", asking(ReplayParkedReq.parser(), this::replay)),
        Map.entry(SERVICE + "TruncateParked", asking(TruncateParkedReq.parser(), this::truncate)),
        Map.entry(SERVICE + "RestartSubsystem", asking(Empty.parser(), this::restart)),
        Map.entry(SERVICE + "GetInfo", looking(GetInfoReq.parser(), (_, request) -> info(request))),
        Map.entry(SERVICE + "List", looking(ListReq.parser(), (_, request) -> list(request))),
        Map.entry(OURS + "Parked", asking(ParkedRequest.parser(), this::parked)),
        Map.entry(OURS + "ReplayChosen", asking(ReplayChosenRequest.parser(), this::replayChosen)));
  }

  private <Q> SessionHandler looking(Parser<Q> parser, Work<Q> work) {
    return asking(
        parser,
        (session, request) -> {
          session.require(Right.OnNode.STATISTICS);
          return work.answer(session, request);
        });
  }

  /// The work asks for the rights that it takes.
  private <Q> SessionHandler asking(Parser<Q> parser, Work<Q> work) {
    return (call, session) ->
        AsideRequest.answering(
            call, parser, threads, request -> work.answer(session, request), GroupRefusal::of);
  }

  /// Changes something, which `$audit` is to tell.
  private static void manage(Session session, String action, Object subject, Runnable work) {
    session
        .operator()
        .does(
            Right.OnNode.MANAGE_GROUPS,
            action,
            subject.toString(),
            () -> {
              work.run();
              return true;
            });
  }

  private MessageLite create(Session session, CreateReq request) {
    var definition = GroupRequests.definition(request.getOptions());
    var user = session.caller().name();
    manage(
        session,
        "create persistent subscription",
        definition.id(),
        () -> groups.create(definition, user));
    return CreateResp.getDefaultInstance();
  }

  private MessageLite update(Session session, UpdateReq request) {
    var options = request.getOptions();
    var id = GroupRequests.id(options);
    var user = session.caller().name();
    manage(
        session,
        "update persistent subscription",
        id,
        () -> groups.update(id, GroupRequests.settings(options), user));
    return UpdateResp.getDefaultInstance();
  }

  private MessageLite delete(Session session, DeleteReq request) {
    var id = GroupRequests.id(request.getOptions());
    var user = session.caller().name();
    manage(session, "delete persistent subscription", id, () -> groups.delete(id, user));
    return DeleteResp.getDefaultInstance();
  }

  private MessageLite replay(Session session, ReplayParkedReq request) {
    var options = request.getOptions();
    var id = GroupRequests.id(options);
    manage(
        session,
        "replay parked events",
        id,
        () -> groups.replayParked(id, GroupRequests.stopAt(options)));
    return ReplayParkedResp.getDefaultInstance();
  }

  private MessageLite truncate(Session session, TruncateParkedReq request) {
    var options = request.getOptions();
    var id = GroupRequests.id(options);
    manage(
        session,
        "truncate parked events",
        id,
        () -> groups.truncateParked(id, GroupRequests.stopAt(options)));
    return TruncateParkedResp.getDefaultInstance();
  }

  private MessageLite restart(Session session, Empty request) {
    manage(session, "restart persistent subscriptions", "all", groups::restart);
    return request;
  }

  private MessageLite parked(Session session, ParkedRequest request) {
    session.require(Right.OnNode.MANAGE_GROUPS);
    return ParkedService.parked(groups, session, request);
  }

  private MessageLite replayChosen(Session session, ReplayChosenRequest request) {
    manage(
        session,
        "replay %d chosen parked events".formatted(request.getParkedAtCount()),
        ParkedService.id(request.getSource(), request.getGroup()),
        () -> ParkedService.replay(groups, request));
    return ReplayChosenResponse.getDefaultInstance();
  }

  private MessageLite info(GetInfoReq request) {
    var info = groups.info(GroupRequests.id(request.getOptions()));
    return GetInfoResp.newBuilder().setSubscriptionInfo(GroupAnswers.info(info)).build();
  }

  private MessageLite list(ListReq request) {
    var options = request.getOptions();
    var infos =
        switch (options.getListOptionCase()) {
          case LIST_ALL_SUBSCRIPTIONS -> groups.list();
          case LIST_FOR_STREAM -> groups.list(GroupRequests.source(options.getListForStream()));
          case LISTOPTION_NOT_SET ->
              throw new IllegalArgumentException(
                  "'list_option' is a required argument of type ListOptionOneofCase");
        };
    return ListResp.newBuilder()
        .addAllSubscriptions(infos.stream().map(GroupAnswers::info).toList())
        .build();
  }

  /// Finds the answer to a request.
  private interface Work<Q> {
    MessageLite answer(Session session, Q request);
  }
}
