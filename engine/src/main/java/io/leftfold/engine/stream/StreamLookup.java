// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tracking;
import io.leftfold.engine.index.Index;
import io.leftfold.engine.index.StreamPostings;
import io.leftfold.engine.log.RecordCursor;

/// Finds out what a stream was at one end of the log, from the index and the last records.
public final class StreamLookup {

  private static final StreamMetadata OF_METASTREAMS = StreamMetadata.none().withMaxCount(1);

  private final Index index;

  /// Over an index.
  public StreamLookup(Index index) {
    this.index = index;
  }

  /// What the writer is to know of a stream.
  Head head(StreamName name, long key, long end, RecordCursor cursor) {
    var view = view(name, end, cursor);
    var head = new Head(name, key, view);
    if (Tracking.isRecordedIn(name)) {
      head.lastTracked = TrackingEvent.last(view, cursor);
    }
    return head;
  }

  StreamView view(StreamName name, long end, RecordCursor cursor) {
    var postings = index.stream(name.value());
    var count = postings.countBelow(end);
    if (name.isMetastream()) {
      var tombstoned = isTombstoned(rootOf(name), end, cursor);
      return new StreamView(
          postings,
          count,
          postings.isRegular(),
          lastRevision(postings, count, cursor),
          tombstoned,
          OF_METASTREAMS,
          MetadataJson.nothing(),
          -1);
    }
    var tombstoned = isTombstoned(postings, count, cursor);
    var last = tombstoned ? -1 : lastRevision(postings, count, cursor);
    var metastream = index.stream("$$" + name.value());
    var metadataCount = metastream.countBelow(end);
    var json = MetadataJson.nothing();
    if (metadataCount > 0 && cursor.moveToIfKept(metastream.at(metadataCount - 1))) {
      json = MetadataJson.wellFormed(cursor.contentType(), cursor.data());
    }
    return new StreamView(
        postings,
        count,
        postings.isRegular(),
        last,
        tombstoned,
        metadataCount == 0 ? StreamMetadata.none() : MetadataJson.decode(json),
        json,
        lastRevision(metastream, metadataCount, cursor));
  }

  /// The stream at the bottom of metastreams of metastreams: with it they are tombstoned.
  static StreamName rootOf(StreamName name) {
    var from = 0;
    while (name.value().startsWith("$$", from)) {
      from += 2;
    }
    return from == 0 ? name : StreamName.of(name.value().substring(from));
  }

  private boolean isTombstoned(StreamName name, long end, RecordCursor cursor) {
    var postings = index.stream(name.value());
    return isTombstoned(postings, postings.countBelow(end), cursor);
  }

  private static boolean isTombstoned(StreamPostings postings, long count, RecordCursor cursor) {
    return count > 0
        && !postings.isRegular()
        && cursor.moveToIfThere(postings.at(count - 1))
        && cursor.revision() == RecordedEvent.TOMBSTONE_REVISION;
  }

  private static long lastRevision(StreamPostings postings, long count, RecordCursor cursor) {
    if (count == 0 || postings.isRegular()) {
      return count - 1;
    }
    // The last event stays as long as it is the last: only a look into the past finds it gone.
    var last = count - 1;
    while (last >= 0 && !cursor.moveToIfThere(postings.at(last))) {
      last--;
    }
    return last < 0 ? -1 : cursor.revision();
  }
}
