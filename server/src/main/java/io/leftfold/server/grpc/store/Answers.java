// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.leftfold.api.AppendResult;
import io.leftfold.api.BackupReport;
import io.leftfold.api.ContentType;
import io.leftfold.api.CurrentMetadata;
import io.leftfold.api.EventCounts;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamSummary;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.api.Tag;
import io.leftfold.protocol.messages.store.Wire;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/// The API's values as messages of the wire: what the node answers.
public final class Answers {

  static final Wire.ReadResponse OPENED =
      Wire.ReadResponse.newBuilder().setOpened(Wire.Nothing.getDefaultInstance()).build();

  private static final Wire.Nothing NOTHING = Wire.Nothing.getDefaultInstance();

  private Answers() {}

  static Wire.AppendResponse appended(AppendResult result) {
    var response = Wire.AppendResponse.newBuilder().setIdempotent(result.idempotent());
    result.position().ifPresent(response::setPosition);
    for (var appended : result.streams()) {
      response.addResults(
          Wire.StreamResult.newBuilder()
              .setStream(appended.stream().value())
              .setFirstRevision(appended.firstRevision())
              .setLastRevision(appended.lastRevision()));
    }
    return response.build();
  }

  static Wire.ExpectedState expected(ExpectedState expected) {
    var message = Wire.ExpectedState.newBuilder();
    return switch (expected) {
      case ExpectedState.Any() -> message.setAny(NOTHING).build();
      case ExpectedState.NoStream() -> message.setNoStream(NOTHING).build();
      case ExpectedState.StreamExists() -> message.setStreamExists(NOTHING).build();
      case ExpectedState.Deleted() -> message.setDeleted(NOTHING).build();
      case ExpectedState.Tombstoned() -> message.setTombstoned(NOTHING).build();
      case ExpectedState.AtRevision(var revision) -> message.setRevision(revision).build();
    };
  }

  static Wire.StreamState state(StreamState state) {
    var message = Wire.StreamState.newBuilder();
    return switch (state) {
      case StreamState.Absent() -> message.setAbsent(NOTHING).build();
      case StreamState.Present(var first, var last) ->
          message
              .setPresent(
                  Wire.StreamState.Present.newBuilder()
                      .setFirstReadable(first)
                      .setLastRevision(last))
              .build();
      case StreamState.Deleted(var last) ->
          message.setDeleted(Wire.StreamState.Deleted.newBuilder().setLastRevision(last)).build();
      case StreamState.Tombstoned() -> message.setTombstoned(NOTHING).build();
    };
  }

  static Wire.ListedStream summary(StreamSummary summary) {
    return Wire.ListedStream.newBuilder()
        .setName(summary.name().value())
        .setState(state(summary.state()))
        .build();
  }

  /// An event, and the link that led to it.
  ///
  /// @param resolved as it was read
  /// @return the message
  public static Wire.ResolvedEvent resolved(ResolvedEvent resolved) {
    var message = Wire.ResolvedEvent.newBuilder();
    resolved.event().ifPresent(event -> message.setEvent(recorded(event)));
    resolved.link().ifPresent(link -> message.setLink(recorded(link)));
    return message.build();
  }

  private static Wire.RecordedEvent recorded(RecordedEvent event) {
    var message =
        Wire.RecordedEvent.newBuilder()
            .setPosition(event.position())
            .setStream(event.stream().value())
            .setRevision(event.revision())
            .setId(id(event.id()))
            .setType(event.type())
            .setJson(event.contentType() == ContentType.JSON)
            .setRecordedMicros(micros(event.recorded()))
            // The arrays are the reader's own.
            .setData(UnsafeByteOperations.unsafeWrap(event.data()))
            .setMetadata(UnsafeByteOperations.unsafeWrap(event.metadata()));
    for (Tag tag : event.tags()) {
      message.addTags(tag.value());
    }
    return message.build();
  }

  static ByteString id(UUID id) {
    var bytes = ByteBuffer.allocate(16);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return UnsafeByteOperations.unsafeWrap(bytes.flip());
  }

  static Wire.SubscriptionMessage message(SubscriptionMessage message) {
    var answer = Wire.SubscriptionMessage.newBuilder();
    return switch (message) {
      case SubscriptionMessage.Event(var resolved) -> answer.setEvent(resolved(resolved)).build();
      case SubscriptionMessage.Checkpoint(var position) ->
          answer
              .setCheckpoint(Wire.SubscriptionMessage.Checkpoint.newBuilder().setPosition(position))
              .build();
      case SubscriptionMessage.CaughtUp(var at, var last) ->
          answer.setCaughtUp(standing(at, last)).build();
      case SubscriptionMessage.FellBehind(var at, var last) ->
          answer.setFellBehind(standing(at, last)).build();
    };
  }

  private static Wire.SubscriptionMessage.Standing standing(Instant at, OptionalLong last) {
    var standing =
        Wire.SubscriptionMessage.Standing.newBuilder()
            .setSeconds(at.getEpochSecond())
            .setNanos(at.getNano());
    last.ifPresent(standing::setLast);
    return standing.build();
  }

  static Wire.MetadataResponse metadata(CurrentMetadata current) {
    return Wire.MetadataResponse.newBuilder()
        .setMetadata(metadata(current.metadata()))
        .setMetastreamRevision(current.metastreamRevision())
        .build();
  }

  private static Wire.StreamMetadata metadata(StreamMetadata metadata) {
    var message =
        Wire.StreamMetadata.newBuilder()
            .setTemporary(metadata.temporary())
            .putAllCustom(metadata.custom());
    metadata.maxCount().ifPresent(message::setMaxCount);
    metadata.maxAge().map(Duration::toSeconds).ifPresent(message::setMaxAgeSeconds);
    metadata.truncateBefore().ifPresent(message::setTruncateBefore);
    metadata.cacheControl().map(Duration::toSeconds).ifPresent(message::setCacheControlSeconds);
    metadata.acl().ifPresent(acl -> message.setAcl(acl(acl.actions())));
    return message.build();
  }

  private static Wire.StreamMetadata.Acl acl(Map<StreamMetadata.Acl.Action, List<String>> actions) {
    var message = Wire.StreamMetadata.Acl.newBuilder();
    actions.forEach((action, names) -> {
      var roles = Wire.StreamMetadata.Roles.newBuilder().addAllNames(names);
      switch (action) {
        case READ -> message.setRead(roles);
        case WRITE -> message.setWrite(roles);
        case DELETE -> message.setDelete(roles);
        case READ_METADATA -> message.setReadMetadata(roles);
        case WRITE_METADATA -> message.setWriteMetadata(roles);
      }
    });
    return message.build();
  }

  /// A moment.
  ///
  /// @param instant of the store's clock
  /// @return the same as a message
  public static Wire.Time time(Instant instant) {
    return Wire.Time.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  static Wire.StatsResponse stats(Map<String, String> figures, EventCounts counts) {
    var response = Wire.StatsResponse.newBuilder().putAllStats(figures);
    counts.byType().forEach((name, events) -> response.addTypes(count(name, events)));
    counts.byCategory().forEach((name, events) -> response.addCategories(count(name, events)));
    return response.build();
  }

  private static Wire.StatsResponse.EventCount count(String name, long events) {
    return Wire.StatsResponse.EventCount.newBuilder().setName(name).setEvents(events).build();
  }

  static Wire.BackupResponse backedUp(BackupReport report) {
    return Wire.BackupResponse.newBuilder()
        .setReport(
            Wire.BackupReport.newBuilder()
                .setNextPosition(report.nextPosition())
                .setFilesCopied(report.filesCopied())
                .setFilesKept(report.filesKept())
                .setBytesCopied(report.bytesCopied()))
        .build();
  }
}
