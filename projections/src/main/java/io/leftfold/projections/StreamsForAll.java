// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// Streams whose names begin with `$` are for administrators alone, unless their metadata says
/// otherwise; those that projections make are for whoever has logged in to read, as states and
/// results are. Of a stream that was there before, that is for its owner to say.
final class StreamsForAll {

  private static final long REMEMBERED_BYTES = 1L << 20;
  private static final String METADATA =
      """
      {"$acl":{"$r":"$all","$mr":"$all"}}\
      """;

  private final EventStore store;
  private final TrackedStreams seen = new TrackedStreams(REMEMBERED_BYTES);

  StreamsForAll(EventStore store) {
    this.store = store;
  }

  /// What has to be written with the first event of a stream.
  ///
  /// @param stream something is about to be written to it
  /// @param ids makes the id of the event of metadata
  Optional<StreamAppend> opening(StreamName stream, Supplier<UUID> ids) {
    var isNew =
        stream.value().startsWith("$")
            && !stream.isMetastream()
            && seen.add(stream.value())
            && isUntouched(stream)
            && isUntouched(stream.metastream());
    return isNew
        ? Optional.of(
            StreamAppend.of(
                stream.metastream(),
                ExpectedState.noStream(),
                ProposedEvent.json("$metadata", METADATA).withId(ids.get())))
        : Optional.empty();
  }

  private boolean isUntouched(StreamName stream) {
    return store.state(stream) instanceof StreamState.Absent;
  }
}
