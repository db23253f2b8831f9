// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.kurrent;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tracking;
import io.leftfold.engine.LocalEventStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/// Which events are copied, and what stands for those that are there no more.
final class Copied {

  /// The type of events that stand for events which the source has forgotten, so that those behind
  /// them keep their revisions.
  static final String FORGOTTEN_TYPE = "$forgotten";

  /// Streams that servers write for themselves, and that mean nothing elsewhere.
  private static final List<String> OF_THE_SERVER =
      List.of("$stats-", "$epoch-information", "$scavenges", "$mem-", "$projections-$");

  private Copied() {}

  /// Whether events of a stream are copied. Index streams are not: Leftfold has them without
  /// writing them.
  static boolean isCopied(StreamName stream) {
    return !stream.isVirtual()
        && !stream.equals(LocalEventStore.GENESIS)
        && !Tracking.isRecordedIn(stream)
        && OF_THE_SERVER.stream().noneMatch(stream.value()::startsWith);
  }

  /// Whether an event closes its stream for ever.
  static boolean isTombstone(ProposedEvent event) {
    return event.type().equals(RecordedEvent.TOMBSTONE_TYPE);
  }

  /// Stands for an event that is there no more.
  static ProposedEvent forgotten(StreamName stream, long revision) {
    var name = "%s@%d@%s".formatted(FORGOTTEN_TYPE, revision, stream);
    return new ProposedEvent(
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
        FORGOTTEN_TYPE,
        ContentType.BINARY,
        new byte[0],
        new byte[0],
        List.of());
  }
}
