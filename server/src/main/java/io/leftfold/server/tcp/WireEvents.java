// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.tcp.EventRecord;
import io.leftfold.protocol.messages.tcp.NewEvent;
import io.leftfold.protocol.messages.tcp.ResolvedIndexedEvent;
import io.leftfold.protocol.wire.Ticks;
import io.leftfold.server.node.MetadataTags;
import io.leftfold.server.node.TooManyEventsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Events, streams and expectations, between this wire's words and the store's.
final class WireEvents {

  private static final int JSON = 1;
  private static final int UUID_BYTES = 16;

  /// What an event takes in memory beside its bytes, about.
  private static final int EVENT_BYTES = 256;

  private static final int TAG_BYTES = 64;

  /// Ticks between the years 1 and 1970, and the bit by which .NET knows a time of UTC.
  private static final long TICKS_TO_1970 = 621_355_968_000_000_000L;

  private static final long UTC = 1L << 62;

  private WireEvents() {}

  // ---- what comes

  /// The stream that bytes name.
  ///
  /// @throws IllegalArgumentException if they name none
  static StreamName stream(ByteString name) {
    if (!name.isValidUtf8()) {
      throw new IllegalArgumentException("A stream name is UTF-8, got other bytes");
    }
    return StreamName.of(name.toStringUtf8());
  }

  /// What a number expects.
  ///
  /// @throws IllegalArgumentException if it expects nothing known
  static ExpectedState expected(long number) {
    if (number >= 0) {
      return ExpectedState.atRevision(number);
    }
    return switch ((int) Math.max(number, Integer.MIN_VALUE)) {
      case -1 -> ExpectedState.noStream();
      case -2 -> ExpectedState.any();
      case -4 -> ExpectedState.streamExists();
      case -5 -> ExpectedState.deleted();
      case -6 -> ExpectedState.tombstoned();
      default ->
          throw new IllegalArgumentException(
              "An expected version is 0 or more, or -1, -2 or -4, got " + number);
    };
  }

  /// An id, whose first three groups have their least significant byte first.
  ///
  /// @throws IllegalArgumentException if it has not 16 bytes
  static UUID id(ByteString bytes) {
    if (bytes.size() != UUID_BYTES) {
      throw new IllegalArgumentException("An event id has 16 bytes, got " + bytes.size());
    }
    var in = bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    var first = Integer.toUnsignedLong(in.getInt());
    var second = Short.toUnsignedLong(in.getShort());
    var third = Short.toUnsignedLong(in.getShort());
    return new UUID(first << 32 | second << 16 | third, in.order(ByteOrder.BIG_ENDIAN).getLong());
  }

  /// Events to be written.
  ///
  /// @throws IllegalArgumentException if one makes no sense
  /// @throws LimitExceededException if one, or all, are too large
  static List<ProposedEvent> events(List<NewEvent> events, Limits limits) {
    if (events.size() > TooManyEventsException.EVENTS_MAX) {
      throw new TooManyEventsException(limits.appendBytesMax());
    }
    var proposed = new ArrayList<ProposedEvent>(events.size());
    var bytes = 0L;
    for (var event : events) {
      proposed.add(event(event, limits.eventBytesMax()));
      bytes += size(event);
    }
    if (bytes > limits.appendBytesMax()) {
      throw LimitExceededException.append(bytes, limits.appendBytesMax());
    }
    return proposed;
  }

  /// How large writes may be.
  ///
  /// @param eventBytesMax an event
  /// @param appendBytesMax all events of an append
  record Limits(long eventBytesMax, long appendBytesMax) {}

  private static long size(NewEvent event) {
    return (long) event.getData().size()
        + event.getMetadata().size()
        + 2L * event.getEventType().length();
  }

  private static ProposedEvent event(NewEvent event, long eventBytesMax) {
    var id = id(event.getEventId());
    if (size(event) > eventBytesMax) {
      throw LimitExceededException.event(id, size(event), eventBytesMax);
    }
    var metadata = event.getMetadata().toByteArray();
    return new ProposedEvent(
        id,
        event.getEventType(),
        event.getDataContentType() == JSON ? ContentType.JSON : ContentType.BINARY,
        event.getData().toByteArray(),
        metadata,
        MetadataTags.of(metadata));
  }

  /// What events take in memory, about.
  static long memoryOf(List<ProposedEvent> events) {
    return events.stream().mapToLong(WireEvents::memoryOf).sum();
  }

  private static long memoryOf(ProposedEvent event) {
    var texts = 2L * event.type().length();
    for (var tag : event.tags()) {
      texts += TAG_BYTES + 2L * tag.value().length();
    }
    return EVENT_BYTES + event.data().length + event.metadata().length + texts;
  }

  // ---- what goes

  static ResolvedIndexedEvent indexed(ResolvedEvent resolved) {
    var message = ResolvedIndexedEvent.newBuilder();
    resolved.event().ifPresent(event -> message.setEvent(record(event)));
    resolved.link().ifPresent(link -> message.setLink(record(link)));
    return message.build();
  }

  static io.leftfold.protocol.messages.tcp.ResolvedEvent positioned(ResolvedEvent resolved) {
    var position = resolved.original().position();
    var message =
        io.leftfold.protocol.messages.tcp.ResolvedEvent.newBuilder()
            .setCommitPosition(position)
            .setPreparePosition(position);
    resolved.event().ifPresent(event -> message.setEvent(record(event)));
    resolved.link().ifPresent(link -> message.setLink(record(link)));
    return message.build();
  }

  /// About how many bytes an event takes on the wire.
  static long size(ResolvedEvent resolved) {
    return resolved.event().map(WireEvents::size).orElse(0L)
        + resolved.link().map(WireEvents::size).orElse(0L);
  }

  private static long size(RecordedEvent event) {
    return (long) EVENT_BYTES + event.data().length + event.metadata().length;
  }

  private static EventRecord record(RecordedEvent event) {
    var contentType = event.contentType() == ContentType.JSON ? JSON : 0;
    return EventRecord.newBuilder()
        .setEventStreamId(event.stream().value())
        .setEventNumber(event.revision())
        .setEventId(id(event.id()))
        .setEventType(event.type())
        .setDataContentType(contentType)
        .setMetadataContentType(contentType)
        .setData(UnsafeByteOperations.unsafeWrap(event.data()))
        .setMetadata(UnsafeByteOperations.unsafeWrap(event.metadata()))
        .setCreated(TICKS_TO_1970 + Ticks.of(event.recorded()) | UTC)
        .setCreatedEpoch(event.recorded().toEpochMilli())
        .build();
  }

  private static ByteString id(UUID id) {
    var high = id.getMostSignificantBits();
    var bytes =
        ByteBuffer.allocate(UUID_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt((int) (high >>> 32))
            .putShort((short) (high >>> 16))
            .putShort((short) high)
            .order(ByteOrder.BIG_ENDIAN)
            .putLong(id.getLeastSignificantBits());
    return ByteString.copyFrom(bytes.flip());
  }
}
