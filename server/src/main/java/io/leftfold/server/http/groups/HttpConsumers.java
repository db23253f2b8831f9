// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.groups;

import io.leftfold.server.group.GroupId;
import io.leftfold.server.group.Groups;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The consumers by which HTTP takes from groups: one of each group that was asked for events.
final class HttpConsumers {

  /// What consumers have at a time, by the settings of KurrentDB's clients at most.
  private static final int BUFFER_SIZE = 100_000;

  private final Groups groups;
  private final Map<GroupId, HttpConsumer> consumers = new ConcurrentHashMap<>();

  HttpConsumers(Groups groups) {
    this.groups = groups;
  }

  /// The consumer of a group, which joins it if need be.
  HttpConsumer of(GroupId id) {
    return consumers.compute(
        id,
        (_, known) -> {
          if (known != null && !known.isOver()) {
            return known;
          }
          var consumer = new HttpConsumer();
          groups.connect(id, consumer, BUFFER_SIZE);
          return consumer;
        });
  }

  /// The consumer of a group, if somebody has asked it for events.
  Optional<HttpConsumer> known(GroupId id) {
    return Optional.ofNullable(consumers.get(id)).filter(consumer -> !consumer.isOver());
  }
}
