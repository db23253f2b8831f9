// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.groups;

import com.google.protobuf.ByteString;
import io.leftfold.protocol.messages.parked.ParkedRequest;
import io.leftfold.protocol.messages.parked.ParkedResponse;
import io.leftfold.protocol.messages.parked.ReplayChosenRequest;
import io.leftfold.server.group.GroupId;
import io.leftfold.server.group.GroupSource;
import io.leftfold.server.group.Groups;
import io.leftfold.server.group.ParkedEvent;
import io.leftfold.server.node.Session;
import java.util.Set;

/// The methods of `leftfold.v1.Groups`.
final class ParkedService {

  private static final int LIMIT_MAX = 1_000;

  private ParkedService() {}

  static ParkedResponse parked(Groups groups, Session session, ParkedRequest request) {
    var parked =
        groups.parked(
            id(request.getSource(), request.getGroup()),
            Math.max(0, request.getFrom()),
            Math.clamp(request.getLimit(), 1, LIMIT_MAX));
    return ParkedResponse.newBuilder()
        .addAllEvents(parked.stream().map(event -> event(event, session)).toList())
        .build();
  }

  private static io.leftfold.protocol.messages.parked.ParkedEvent event(
      ParkedEvent parked, Session session) {
    var event =
        io.leftfold.protocol.messages.parked.ParkedEvent.newBuilder()
            .setParkedAt(parked.parkedAt())
            .setWhy(ByteString.copyFrom(parked.link().metadata()));
    parked
        .event()
        .map(resolved -> resolved.event().orElseGet(resolved::original))
        // Who manages groups need not be somebody who may read their events.
        .filter(what -> session.mayRead(what.stream()))
        .ifPresent(what ->
            event
                .setStream(what.stream().value())
                .setRevision(what.revision())
                .setType(what.type())
                .setData(ByteString.copyFrom(what.data()))
                .setMetadata(ByteString.copyFrom(what.metadata())));
    return event.build();
  }

  static void replay(Groups groups, ReplayChosenRequest request) {
    groups.replayChosen(
        id(request.getSource(), request.getGroup()), Set.copyOf(request.getParkedAtList()));
  }

  static GroupId id(String source, String group) {
    return new GroupId(GroupSource.of(source), group);
  }
}
