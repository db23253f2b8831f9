// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.dcb;

import com.google.protobuf.UnsafeByteOperations;
import io.leftfold.api.AppendResult;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.Tag;
import io.leftfold.protocol.messages.dcb.Umadb;

/// The API's values as messages of the wire: what the node answers.
final class Answers {

  private Answers() {}

  static Umadb.AppendResponse appended(AppendResult result) {
    return Umadb.AppendResponse.newBuilder().setPosition(result.position().orElse(0)).build();
  }

  static Umadb.SequencedEvent sequenced(RecordedEvent event) {
    return Umadb.SequencedEvent.newBuilder()
        .setPosition(event.position())
        .setEvent(
            Umadb.Event.newBuilder()
                .setEventType(event.type())
                .addAllTags(event.tags().stream().map(Tag::value).toList())
                // The array is the reader's own.
                .setData(UnsafeByteOperations.unsafeWrap(event.data()))
                .setUuid(event.id().toString())
                .addAllMetadata(EventMetadata.decode(event.metadata())))
        .build();
  }
}
