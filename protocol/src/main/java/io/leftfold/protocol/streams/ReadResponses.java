// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.WireWriter;
import java.time.Instant;
import java.util.OptionalLong;
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

  private static final int RETRY_COUNT = 5;

  /// What a recorded event takes beside its data, metadata, stream and type; a guess.
  private static final int OVERHEAD = 160;

  private static final int PROPERTY = 6;
  private static final byte[] TYPE_KEY = key("type");
  private static final byte[] CREATED_KEY = key("created");
  private static final byte[] JSON = property("content-type", "application/json");
  private static final byte[] BINARY = property("content-type", "application/octet-stream");

  private ReadResponses() {}

  /// How the caller wants to see ids.
  public enum UuidForm {
    /// As two numbers.
    STRUCTURED,
    /// As text.
    TEXT
  }

  /// An event as it goes out, wherever it lies.
  public interface Event {

    /// Its place in the log.
    ///
    /// @return from 0
    long position();

    /// Its place in its stream.
    ///
    /// @return from 0
    long revision();

    /// The more significant half of its id.
    ///
    /// @return 64 bits
    long idHigh();

    /// The less significant half of its id.
    ///
    /// @return 64 bits
    long idLow();

    /// Whether its content type is `application/json`.
    ///
    /// @return otherwise it is `application/octet-stream`
    boolean json();

    /// When it was recorded.
    ///
    /// @return in 100 nanoseconds since the epoch
    long createdTicks();

    /// How long the name of its stream is.
    ///
    /// @return in bytes of UTF-8
    int streamLength();

    /// Copies the name of its stream.
    ///
    /// @param into has room for it
    /// @param at where to put its first byte
    void copyStream(byte[] into, int at);

    /// How long its type is.
    ///
    /// @return in bytes of UTF-8
    int typeLength();

    /// Copies its type.
    ///
    /// @param into has room for it
    /// @param at where to put its first byte
    void copyType(byte[] into, int at);

    /// How long its metadata is.
    ///
    /// @return in bytes
    int customMetadataLength();

    /// Copies its metadata.
    ///
    /// @param into has room for it
    /// @param at where to put its first byte
    void copyCustomMetadata(byte[] into, int at);

    /// How long its data is.
    ///
    /// @return in bytes
    int dataLength();

    /// Copies its data.
    ///
    /// @param into has room for it
    /// @param at where to put its first byte
    void copyData(byte[] into, int at);
  }

  /// An event.
  ///
  /// @param out where to
  /// @param event the event; null if the link leads nowhere
  /// @param link the link that led to it; null if none did. One of the two is there
  /// @param form of the ids
  public static void event(
      WireWriter out, @Nullable Event event, @Nullable Event link, UuidForm form) {
    begin(out, event, link, form);
    out.end();
  }

  /// An event as the `ReadResp` of persistent subscriptions has it.
  ///
  /// @param out where to
  /// @param event the event; null if the link leads nowhere
  /// @param link the link that led to it; null if none did. One of the two is there
  /// @param form of the ids
  /// @param retryCount how often it was given before
  public static void eventForGroup(
      WireWriter out, @Nullable Event event, @Nullable Event link, UuidForm form, int retryCount) {
    begin(out, event, link, form);
    // Also where it is 0: a member of a oneof is there or not.
    out.varint(RETRY_COUNT, retryCount);
    out.end();
  }

  private static void begin(
      WireWriter out, @Nullable Event event, @Nullable Event link, UuidForm form) {
    var guess = (event == null ? 0 : sizeGuess(event)) + (link == null ? 0 : sizeGuess(link));
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
  }

  private static int sizeGuess(Event event) {
    return event.streamLength()
        + event.typeLength()
        + event.customMetadataLength()
        + event.dataLength()
        + OVERHEAD;
  }

  private static void writeRecorded(WireWriter out, int field, Event event, UuidForm form) {
    out.begin(field, sizeGuess(event));
    WireUuid.write(out, 1, event.idHigh(), event.idLow(), form == UuidForm.TEXT);
    writeStream(out, event);
    if (event.revision() != 0) {
      out.varint(3, event.revision());
    }
    if (event.position() != 0) {
      out.varint(4, event.position());
      out.varint(5, event.position());
    }
    writeType(out, event);
    out.begin(PROPERTY);
    out.fields(CREATED_KEY);
    out.decimal(2, event.createdTicks());
    out.end();
    out.fields(event.json() ? JSON : BINARY);
    writeContent(out, event);
    out.end();
  }

  // In each of these: room first, for the array may be another one after that.

  private static void writeStream(WireWriter out, Event event) {
    var length = event.streamLength();
    out.begin(2, length);
    if (length > 0) {
      var at = out.room(3, length);
      event.copyStream(out.array(), at);
    }
    out.end();
  }

  private static void writeType(WireWriter out, Event event) {
    var length = event.typeLength();
    out.begin(PROPERTY, length);
    out.fields(TYPE_KEY);
    var at = out.room(2, length);
    event.copyType(out.array(), at);
    out.end();
  }

  private static void writeContent(WireWriter out, Event event) {
    var metadata = event.customMetadataLength();
    if (metadata > 0) {
      var at = out.room(7, metadata);
      event.copyCustomMetadata(out.array(), at);
    }
    var data = event.dataLength();
    if (data > 0) {
      var at = out.room(8, data);
      event.copyData(out.array(), at);
    }
  }

  private static byte[] property(String key, String value) {
    var out = new WireWriter(64);
    out.begin(PROPERTY);
    out.text(1, key);
    out.text(2, value);
    out.end();
    return out.toByteArray();
  }

  private static byte[] key(String key) {
    var out = new WireWriter(64);
    out.text(1, key);
    return out.toByteArray();
  }

  private static void writeStreamIdentifier(WireWriter out, int field, String stream) {
    out.begin(field, stream.length());
    if (!stream.isEmpty()) {
      out.text(3, stream);
    }
    out.end();
  }

  /// The first message of a subscription, of a persistent one too.
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
