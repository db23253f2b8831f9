// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;

/// Which groups there are, as `$persistentSubscriptionConfig` says: its last event has all of them.
final class ConfiguredGroups {

  private static final StreamName STREAM = StreamName.of("$persistentSubscriptionConfig");
  private static final String TYPE = "$PersistentConfig";
  private static final int KEPT = 2;

  private final EventStore store;
  private final UUID storeId;
  private final Clock clock;
  private final Supplier<UUID> ids;

  ConfiguredGroups(EventStore store, UUID storeId, Clock clock, Supplier<UUID> ids) {
    this.store = store;
    this.storeId = storeId;
    this.clock = clock;
    this.ids = ids;
  }

  Configured read() {
    try (var read = store.read(STREAM, ReadOptions.backwards().limit(1))) {
      var events = read.iterator();
      return events.hasNext()
          ? events.next().event().map(this::decode).orElse(Configured.NOTHING)
          : Configured.NOTHING;
    }
  }

  private Configured decode(RecordedEvent configuration) {
    try {
      return GroupConfiguration.decode(configuration.data(), storeId);
    } catch (JacksonException e) {
      throw new IllegalStateException(
          "Event %d of %s is no configuration of persistent subscriptions: %s"
              .formatted(configuration.revision(), STREAM, e.getMessage()),
          e);
    }
  }

  void write(
      Collection<GroupDefinition> all, Collection<Configured.Unusable> unusable, String user) {
    store.append(
        STREAM,
        ExpectedState.any(),
        new ProposedEvent(
            ids.get(),
            TYPE,
            ContentType.JSON,
            GroupConfiguration.encode(all, unusable, storeId, clock.instant(), user),
            new byte[0],
            List.of()));
    var metadata = store.metadata(STREAM).metadata();
    if (metadata.maxCount().isEmpty()) {
      store.writeMetadata(STREAM, ExpectedState.any(), metadata.withMaxCount(KEPT));
    }
  }
}
