// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/// The consumers of a group, on their way between the wire and the core. What they say goes through
/// the group's mailbox; everything else here belongs to the group's thread.
final class Consumers {

  private final GroupDefinition definition;
  private final Queue<Runnable> mailbox;
  private final Supplier<GroupCore> core;
  private final Map<Long, GroupConsumer> byId = new HashMap<>();
  private final Set<GroupConsumer> toFlush = new LinkedHashSet<>();
  private long ids;

  /// @param core the one that the group has at the moment
  Consumers(GroupDefinition definition, Queue<Runnable> mailbox, Supplier<GroupCore> core) {
    this.definition = definition;
    this.mailbox = mailbox;
    this.core = core;
  }

  void join(GroupConsumer consumer, int bufferSize) {
    var most = definition.settings().maxSubscriberCount();
    if (most > 0 && byId.size() >= most) {
      consumer.dropped(GroupException.of(GroupException.Kind.FULL, definition.id()));
      return;
    }
    var id = ids++;
    byId.put(id, consumer);
    consumer.connected(new Connected(id));
    core.get().connect(id, bufferSize);
  }

  void dropAll(RuntimeException reason) {
    byId.values().forEach(consumer -> consumer.dropped(reason));
    byId.clear();
    toFlush.clear();
  }

  /// Drops those who are not to be given anything any more; what they had is for others.
  void dropUnwelcome() {
    for (var each : List.copyOf(byId.entrySet())) {
      each.getValue()
          .objection()
          .ifPresent(reason -> {
            byId.remove(each.getKey());
            core.get().disconnect(each.getKey());
            each.getValue().dropped(reason);
          });
    }
  }

  void deliver(long id, Entry entry) {
    var consumer = byId.get(id);
    if (consumer != null) {
      consumer.deliver(entry.event, entry.retryCount);
      toFlush.add(consumer);
    }
  }

  void flush() {
    toFlush.forEach(GroupConsumer::flush);
    toFlush.clear();
  }

  List<GroupInfo.ConnectionInfo> infos(long now) {
    var infos = new ArrayList<GroupInfo.ConnectionInfo>();
    byId.forEach((id, consumer) -> {
      var state = core.get().consumer(id);
      if (state != null) {
        infos.add(
            new GroupInfo.ConnectionInfo(
                consumer.identity(),
                state.pace.figures(now),
                definition.settings().extraStatistics() ? state.latencies.figures() : List.of(),
                state.slots(),
                state.inFlight.size()));
      }
    });
    return infos;
  }

  /// What a consumer says, on its way into the mailbox.
  private final class Connected implements GroupConsumer.Connection {
    private final long id;

    Connected(long id) {
      this.id = id;
    }

    @Override
    public void ack(List<UUID> events, Runnable taken) {
      say(() -> {
        core.get().ack(id, events);
        taken.run();
      });
    }

    @Override
    public void nack(List<UUID> events, NackAction action, String reason, Runnable taken) {
      say(() -> {
        core.get().nack(id, events, action, reason);
        taken.run();
      });
    }

    @Override
    public void reading(boolean reads) {
      say(() -> core.get().reading(id, reads));
    }

    @Override
    public void wanting(int events) {
      say(() -> core.get().wanting(id, events));
    }

    @Override
    public void close() {
      say(() -> {
        byId.remove(id);
        core.get().disconnect(id);
      });
    }

    private void say(Runnable what) {
      mailbox.add(what);
    }
  }
}
