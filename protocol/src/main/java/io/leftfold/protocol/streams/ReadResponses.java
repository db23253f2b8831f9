// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.WireWriter;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Writes `ReadResp` messages: what a read or a subscription answers.
public final class ReadResponses {

  private static final int EVENT = 1;
  private static final int CONFIRMATION = 2;
  private static final int CHECKPOINT = 3;
  private static final int STREAM_NOT_FOUND = 4;
  private static final int FIRST_STREAM_POSITION = 5;
  private static final int LAST_STREAM_POSITION = 6;
  private static final int CAUGHT_UP = 8;
  private static final int FELL_BEHIND = 9;

  /// What a recorded event takes beside its data, metadata, stream and type; a guess.
  private static final int OVERHEAD = 160;

  private static final int DIGITS_MAX = 20;

  private ReadResponses() {}

  /// How the caller wants to see ids.
  public enum UuidForm {
    /// As two numbers.
    STRUCTURED,
    /// As text.
    TEXT
  }

  /// An event as it goes out. The arrays are only read.
  ///
  /// @param position in the log
  /// @param stream the stream's name
  /// @param revision in the stream
  /// @param id its id
  /// @param type its type
  /// @param json whether its content type is `application/json`
  /// @param createdTicks when, in 100 nanoseconds since the epoch
  /// @param data the event
  /// @param customMetadata about the event
  public record Event(
      long position,
      String stream,
      long revision,
      UUID id,
      String type,
      boolean json,
      long createdTicks,
      byte[] data,
      byte[] customMetadata) {

    int sizeGuess() {
      return data.length + customMetadata.length + stream.length() + type.length() + OVERHEAD;
    }
  }

  /// An event.
  ///
  /// @param out where to
  /// @param event the event; null if the link leads nowhere
  /// @param link the link that led to it; null if none did. One of the two is there
  /// @param form of the ids
  public static void event(
      WireWriter out, @Nullable Event event, @Nullable Event link, UuidForm form) {
    var guess = (event == null ? 0 : event.sizeGuess()) + (link == null ? 0 : link.sizeGuess());
    out.begin(EVENT, guess);
    var original = 0L;
    if (event != null) {
      writeRecorded(out, 1, event, form);
      original = event.position();
    }
    if (link != null) {
      writeRecorded(out, 2, link, form);
      original = link.position();
    }
    out.varint(3, original);
    out.end();
  }

  private static void writeRecorded(WireWriter out, int field, Event event, UuidForm form) {
    out.begin(field, event.sizeGuess());
    WireUuid.write(out, 1, event.id(), form == UuidForm.TEXT);
    writeStreamIdentifier(out, 2, event.stream());
    if (event.revision() != 0) {
      out.varint(3, event.revision());
    }
    if (event.position() != 0) {
      out.varint(4, event.position());
      out.varint(5, event.position());
    }
    writeProperty(out, "type", event.type());
    writeCreated(out, event.createdTicks());
    writeProperty(
        out, "content-type", event.json() ? "application/json" : "application/octet-stream");
    if (event.customMetadata().length > 0) {
      out.bytes(7, event.customMetadata());
    }
    if (event.data().length > 0) {
      out.bytes(8, event.data());
    }
    out.end();
  }

  private static void writeProperty(WireWriter out, String key, String value) {
    out.begin(6, value.length());
    out.text(1, key);
    out.text(2, value);
    out.end();
  }

  private static void writeCreated(WireWriter out, long ticks) {
    out.begin(6, DIGITS_MAX);
    out.text(1, "created");
    out.text(2, Long.toString(ticks));
    out.end();
  }

  private static void writeStreamIdentifier(WireWriter out, int field, String stream) {
    out.begin(field, stream.length());
    if (!stream.isEmpty()) {
      out.text(3, stream);
    }
    out.end();
  }

  /// The first message of a subscription.
  ///
  /// @param out where to
  /// @param subscription its id
  public static void confirmation(WireWriter out, String subscription) {
    out.begin(CONFIRMATION);
    out.text(1, subscription);
    out.end();
  }

  /// Everything up to here was considered.
  ///
  /// @param out where to
  /// @param position of the last event considered
  /// @param now the server's time
  public static void checkpoint(WireWriter out, long position, Instant now) {
    out.begin(CHECKPOINT);
    AppendResponses.writePosition(out, position);
    writeTimestamp(out, 3, now);
    out.end();
  }

  /// The stream that was to be read does not exist.
  ///
  /// @param out where to
  /// @param stream its name
  public static void streamNotFound(WireWriter out, String stream) {
    out.begin(STREAM_NOT_FOUND, stream.length());
    writeStreamIdentifier(out, 1, stream);
    out.end();
  }

  /// The first event that can be read.
  ///
  /// @param out where to
  /// @param revision its revision
  public static void firstStreamPosition(WireWriter out, long revision) {
    out.varint(FIRST_STREAM_POSITION, revision);
  }

  /// The last event of the stream.
  ///
  /// @param out where to
  /// @param revision its revision
  public static void lastStreamPosition(WireWriter out, long revision) {
    out.varint(LAST_STREAM_POSITION, revision);
  }

  /// A subscription to a stream has given all there is, and goes on live.
  ///
  /// @param out where to
  /// @param revision the last one passed; empty if there is none
  /// @param now the server's time
  public static void streamCaughtUp(WireWriter out, OptionalLong revision, Instant now) {
    writeStreamNotice(out, CAUGHT_UP, revision, now);
  }

  /// A subscription to everything has given all there is, and goes on live.
  ///
  /// @param out where to
  /// @param position the last one passed; empty if there is none
  /// @param now the server's time
  public static void allCaughtUp(WireWriter out, OptionalLong position, Instant now) {
    writeAllNotice(out, CAUGHT_UP, position, now);
  }

  /// A subscription to a stream has left live.
  ///
  /// @param out where to
  /// @param revision the last one passed; empty if there is none
  /// @param now the server's time
  public static void streamFellBehind(WireWriter out, OptionalLong revision, Instant now) {
    writeStreamNotice(out, FELL_BEHIND, revision, now);
  }

  /// A subscription to everything has left live.
  ///
  /// @param out where to
  /// @param position the last one passed; empty if there is none
  /// @param now the server's time
  public static void allFellBehind(WireWriter out, OptionalLong position, Instant now) {
    writeAllNotice(out, FELL_BEHIND, position, now);
  }

  private static void writeStreamNotice(
      WireWriter out, int field, OptionalLong revision, Instant now) {
    out.begin(field);
    writeTimestamp(out, 1, now);
    if (revision.isPresent()) {
      out.varint(2, revision.getAsLong());
    }
    out.end();
  }

  private static void writeAllNotice(
      WireWriter out, int field, OptionalLong position, Instant now) {
    out.begin(field);
    writeTimestamp(out, 1, now);
    if (position.isPresent()) {
      out.begin(3);
      AppendResponses.writePosition(out, position.getAsLong());
      out.end();
    }
    out.end();
  }

  private static void writeTimestamp(WireWriter out, int field, Instant time) {
    var seconds = time.getEpochSecond();
    var nanos = time.getNano();
    out.begin(field);
    if (seconds != 0) {
      out.varint(1, seconds);
    }
    if (nanos != 0) {
      out.varint(2, nanos);
    }
    out.end();
  }
}
