// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.AppendResult.AppendedStream;
import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tracking;
import io.leftfold.engine.log.EncodedRecords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;

/// The parts of one commit, collected so that its size is known before it is begun: what was
/// proposed, and the metadata that the store records besides. Changes the heads of the streams as
/// it goes.
final class CommitDraft {

  /// Records of one stream that follow each other.
  record Part(Head head, long firstRevision, List<ProposedEvent> events, EncodedRecords records) {}

  private final Heads heads;
  private final Supplier<UUID> ids;
  private final List<Part> parts = new ArrayList<>();

  /// Of streams whose metadata somebody writes in this commit, perhaps several times: whether they
  /// were deleted before it.
  private final Map<Head, Boolean> deletedBefore = new HashMap<>(1);

  private long bytes;
  private int count;
  private int lastProposed = -1;

  CommitDraft(Heads heads, Supplier<UUID> ids) {
    this.heads = heads;
    this.ids = ids;
  }

  /// Appends to a stream what was proposed, and does what that brings about.
  AppendedStream events(Head head, List<ProposedEvent> events, EncodedRecords records) {
    var first = head.lastRevision + 1;
    add(head, first, events, records);
    lastProposed = count - 1;
    head.lastRevision += events.size();
    if (Tracking.isRecordedIn(head.name)) {
      head.lastTracked = TrackingEvent.position(events.getLast().data());
    }
    var appended = new AppendedStream(head.name, first, head.lastRevision);
    if (head.name.isMetastream() && obeysMetadata(head.name.original())) {
      metadataWritten(heads.of(head.name.original()), events.getLast());
    }
    return appended;
  }

  /// Records how far a follower has come.
  void tracking(Head head, Tracking tracking) {
    var events = List.of(TrackingEvent.of(tracking, ids.get()));
    add(head, ++head.lastRevision, events, EncodedRecords.of(head.name, events));
    head.lastTracked = OptionalLong.of(tracking.position());
  }

  /// The metadata of metastreams and of virtual streams is kept, and obeyed by nobody.
  private static boolean obeysMetadata(StreamName stream) {
    return !stream.isMetastream() && !stream.isVirtual();
  }

  /// Somebody wrote a metastream. If its stream was deleted before this commit, that brings the
  /// stream back, with its old events staying hidden.
  private void metadataWritten(Head stream, ProposedEvent event) {
    var wasDeleted = deletedBefore.computeIfAbsent(stream, Head::isDeleted);
    say(stream, event);
    if (wasDeleted) {
      undelete(stream, lastBefore(stream) + 1, stream.metadataJson);
    }
  }

  /// The last revision of a stream before this commit.
  private long lastBefore(Head stream) {
    return stream.lastRevision
        - parts.stream()
            .filter(part -> part.head == stream)
            .mapToInt(part -> part.events.size())
            .sum();
  }

  private void say(Head stream, ProposedEvent event) {
    var said = MetadataJson.said(event.contentType(), event.data());
    stream.metadataJson = said.isPresent() ? event.data() : MetadataJson.nothing();
    stream.metadata = said.orElse(StreamMetadata.none());
    stream.hasMetadata = true;
  }

  /// Makes the stream visible from a revision on, whatever else its metadata says.
  void undelete(Head stream, long visibleFrom, byte[] metadataJson) {
    metadata(
        stream,
        new ProposedEvent(
            ids.get(),
            RecordedEvent.METADATA_TYPE,
            ContentType.JSON,
            MetadataJson.withTruncateBefore(metadataJson, visibleFrom),
            new byte[0],
            List.of()));
  }

  void metadata(Head stream, ProposedEvent event) {
    var metastream = heads.of(stream.name.metastream());
    var events = List.of(event);
    add(metastream, ++metastream.lastRevision, events, EncodedRecords.of(metastream.name, events));
    say(stream, event);
  }

  void tombstone(Head stream, ProposedEvent event) {
    var events = List.of(event);
    add(stream, RecordedEvent.TOMBSTONE_REVISION, events, EncodedRecords.of(stream.name, events));
    stream.tombstoned = true;
  }

  private void add(
      Head head, long firstRevision, List<ProposedEvent> events, EncodedRecords records) {
    parts.add(new Part(head, firstRevision, events, records));
    bytes += records.byteCount();
    count += records.count();
  }

  /// How many bytes its records take.
  long byteCount() {
    return bytes;
  }

  /// How many records it has.
  int count() {
    return count;
  }

  /// Which of the records is the last that somebody proposed; −1 if none is.
  int lastProposed() {
    return lastProposed;
  }

  /// In the order in which they are to be written.
  List<Part> parts() {
    return parts;
  }
}
