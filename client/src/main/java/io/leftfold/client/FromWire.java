// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import com.google.protobuf.ByteString;
import io.leftfold.api.AppendResult;
import io.leftfold.api.BackupReport;
import io.leftfold.api.ContentType;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl.Action;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import io.leftfold.protocol.messages.store.Wire;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;

/// Messages of the wire as the API's values: what a server answers.
///
/// A message that has no meaning in the API (a state that is none of the known ones) is an
/// [IllegalArgumentException]; its reader says which call got it.
final class FromWire {

  private FromWire() {}

  static AppendResult appended(Wire.AppendResponse response) {
    return new AppendResult(
        response.hasPosition() ? OptionalLong.of(response.getPosition()) : OptionalLong.empty(),
        response.getResultsList().stream()
            .map(result ->
                new AppendResult.AppendedStream(
                    StreamName.of(result.getStream()),
                    result.getFirstRevision(),
                    result.getLastRevision()))
            .toList(),
        response.getIdempotent());
  }

  static ExpectedState expected(Wire.ExpectedState expected) {
    return switch (expected.getExpectedCase()) {
      case ANY -> ExpectedState.any();
      case NO_STREAM -> ExpectedState.noStream();
      case STREAM_EXISTS -> ExpectedState.streamExists();
      case DELETED -> ExpectedState.deleted();
      case TOMBSTONED -> ExpectedState.tombstoned();
      case REVISION -> ExpectedState.atRevision(expected.getRevision());
      case EXPECTED_NOT_SET -> throw unknown("expected state");
    };
  }

  static StreamState state(Wire.StreamState state) {
    return switch (state.getStateCase()) {
      case ABSENT -> new StreamState.Absent();
      case PRESENT ->
          new StreamState.Present(
              state.getPresent().getFirstReadable(), state.getPresent().getLastRevision());
      case DELETED -> new StreamState.Deleted(state.getDeleted().getLastRevision());
      case TOMBSTONED -> new StreamState.Tombstoned();
      case STATE_NOT_SET -> throw unknown("state of a stream");
    };
  }

  static StreamSummary summary(Wire.ListedStream stream) {
    return new StreamSummary(StreamName.of(stream.getName()), state(stream.getState()));
  }

  static ResolvedEvent resolved(Wire.ResolvedEvent resolved) {
    return new ResolvedEvent(
        resolved.hasEvent() ? Optional.of(recorded(resolved.getEvent())) : Optional.empty(),
        resolved.hasLink() ? Optional.of(recorded(resolved.getLink())) : Optional.empty());
  }

  private static RecordedEvent recorded(Wire.RecordedEvent event) {
    return new RecordedEvent(
        event.getPosition(),
        StreamName.of(event.getStream()),
        event.getRevision(),
        id(event.getId()),
        event.getType(),
        event.getJson() ? ContentType.JSON : ContentType.BINARY,
        instant(event.getRecordedMicros()),
        event.getData().toByteArray(),
        event.getMetadata().toByteArray(),
        event.getTagsList().stream().map(Tag::of).toList());
  }

  static UUID id(ByteString bytes) {
    if (bytes.size() != 16) {
      throw new IllegalArgumentException("An event id has 16 bytes, got " + bytes.size());
    }
    var buffer = bytes.asReadOnlyByteBuffer();
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  static SubscriptionMessage message(Wire.SubscriptionMessage message) {
    return switch (message.getMessageCase()) {
      case EVENT -> new SubscriptionMessage.Event(resolved(message.getEvent()));
      case CHECKPOINT -> new SubscriptionMessage.Checkpoint(message.getCheckpoint().getPosition());
      case CAUGHT_UP -> {
        var standing = message.getCaughtUp();
        yield new SubscriptionMessage.CaughtUp(at(standing), last(standing));
      }
      case FELL_BEHIND -> {
        var standing = message.getFellBehind();
        yield new SubscriptionMessage.FellBehind(at(standing), last(standing));
      }
      case MESSAGE_NOT_SET -> throw unknown("message of a subscription");
    };
  }

  private static Instant at(Wire.SubscriptionMessage.Standing standing) {
    return Instant.ofEpochSecond(standing.getSeconds(), standing.getNanos());
  }

  private static OptionalLong last(Wire.SubscriptionMessage.Standing standing) {
    return standing.hasLast() ? OptionalLong.of(standing.getLast()) : OptionalLong.empty();
  }

  static CurrentMetadata metadata(Wire.MetadataResponse response) {
    return new CurrentMetadata(metadata(response.getMetadata()), response.getMetastreamRevision());
  }

  private static StreamMetadata metadata(Wire.StreamMetadata metadata) {
    return new StreamMetadata(
        metadata.hasMaxCount() ? OptionalLong.of(metadata.getMaxCount()) : OptionalLong.empty(),
        metadata.hasMaxAgeSeconds()
            ? Optional.of(Duration.ofSeconds(metadata.getMaxAgeSeconds()))
            : Optional.empty(),
        metadata.hasTruncateBefore()
            ? OptionalLong.of(metadata.getTruncateBefore())
            : OptionalLong.empty(),
        metadata.getTemporary(),
        metadata.hasCacheControlSeconds()
            ? Optional.of(Duration.ofSeconds(metadata.getCacheControlSeconds()))
            : Optional.empty(),
        metadata.hasAcl() ? Optional.of(acl(metadata.getAcl())) : Optional.empty(),
        new TreeMap<>(metadata.getCustomMap()));
  }

  private static StreamMetadata.Acl acl(Wire.StreamMetadata.Acl acl) {
    var actions = new EnumMap<Action, List<String>>(Action.class);
    if (acl.hasRead()) {
      actions.put(Action.READ, names(acl.getRead()));
    }
    if (acl.hasWrite()) {
      actions.put(Action.WRITE, names(acl.getWrite()));
    }
    if (acl.hasDelete()) {
      actions.put(Action.DELETE, names(acl.getDelete()));
    }
    if (acl.hasReadMetadata()) {
      actions.put(Action.READ_METADATA, names(acl.getReadMetadata()));
    }
    if (acl.hasWriteMetadata()) {
      actions.put(Action.WRITE_METADATA, names(acl.getWriteMetadata()));
    }
    return new StreamMetadata.Acl(actions);
  }

  private static List<String> names(Wire.StreamMetadata.Roles roles) {
    return List.copyOf(roles.getNamesList());
  }

  static Instant time(Wire.Time time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static IllegalArgumentException unknown(String what) {
    return new IllegalArgumentException(
        "The server sent a %s that this client does not know; is the server newer?"
            .formatted(what));
  }

  static BackupReport backup(Wire.BackupReport report) {
    return new BackupReport(
        report.getNextPosition(),
        report.getFilesCopied(),
        report.getFilesKept(),
        report.getBytesCopied());
  }
}
