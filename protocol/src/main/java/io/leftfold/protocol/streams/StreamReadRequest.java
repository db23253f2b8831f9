// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.streams.ReadResponses.UuidForm;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireReader;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What most `ReadReq` messages are: a read of one stream that ends.
///
/// Only the usual shape is taken, with every field at most once and nothing besides. Whatever else
/// comes, sense or nonsense, is for the generated message to say.
///
/// @param stream the stream's name
/// @param from the first revision, unsigned: 0 for the start, the largest number for the end
/// @param backwards whether to go towards the start
/// @param resolvesLinks whether links are followed
/// @param count how many events at most, unsigned
/// @param form of the ids
/// @param compatibility what the caller understands, counted up with the years
public record StreamReadRequest(
    String stream,
    long from,
    boolean backwards,
    boolean resolvesLinks,
    long count,
    UuidForm form,
    int compatibility) {

  private static final int OPTIONS = 1 << 3 | WireReader.LENGTH_DELIMITED;

  private static final int STREAM = 1 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int DIRECTION = 3 << 3 | WireReader.VARINT;
  private static final int RESOLVE_LINKS = 4 << 3 | WireReader.VARINT;
  private static final int COUNT = 5 << 3 | WireReader.VARINT;
  private static final int NO_FILTER = 8 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int UUID_OPTION = 9 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int CONTROL_OPTION = 10 << 3 | WireReader.LENGTH_DELIMITED;

  private static final int IDENTIFIER = 1 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int REVISION = 2 << 3 | WireReader.VARINT;
  private static final int START = 3 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int END = 4 << 3 | WireReader.LENGTH_DELIMITED;

  private static final int STRUCTURED = 1 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int STRING = 2 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int COMPATIBILITY = 1 << 3 | WireReader.VARINT;

  private static final int FORWARDS = 0;
  private static final int BACKWARDS = 1;
  private static final long LARGEST = -1;

  /// Reads a `ReadReq`.
  ///
  /// @param bytes holds the message
  /// @param offset where it begins
  /// @param length how long it is
  /// @return the request; empty if it is of another shape, or makes no sense
  public static Optional<StreamReadRequest> read(byte[] bytes, int offset, int length) {
    var in = new WireReader(bytes, offset, length);
    try {
      if (!in.next() || in.tag() != OPTIONS) {
        return Optional.empty();
      }
      var outer = in.enter();
      var options = new Options(in);
      var isUsual = options.read();
      in.leave(outer);
      return isUsual && !in.next() ? options.request() : Optional.empty();
    } catch (WireException _) {
      return Optional.empty();
    }
  }

  /// Goes once over the options. Fields come in the order of their numbers, as all libraries write
  /// them.
  private static final class Options {
    private final WireReader in;
    private @Nullable String stream;
    private long from;
    private boolean backwards;
    private boolean resolvesLinks;
    private boolean counted;
    private long count;
    private @Nullable UuidForm form;
    private int compatibility;

    Options(WireReader in) {
      this.in = in;
    }

    Optional<StreamReadRequest> request() {
      return stream == null || form == null || !counted
          ? Optional.empty()
          : Optional.of(
              new StreamReadRequest(
                  stream, from, backwards, resolvesLinks, count, form, compatibility));
    }

    boolean read() {
      var last = 0;
      while (in.next()) {
        var tag = in.tag();
        if (tag <= last || !readField(tag)) {
          return false;
        }
        last = tag;
      }
      return true;
    }

    private boolean readField(int tag) {
      switch (tag) {
        case DIRECTION -> {
          var direction = (int) in.varint();
          backwards = direction == BACKWARDS;
          return direction == FORWARDS || backwards;
        }
        case RESOLVE_LINKS -> resolvesLinks = in.bool();
        case COUNT -> {
          count = in.varint();
          counted = true;
        }
        case NO_FILTER -> in.skip();
        case STREAM, UUID_OPTION, CONTROL_OPTION -> {
          var outer = in.enter();
          var isUsual = readMessage(tag);
          in.leave(outer);
          return isUsual;
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean readMessage(int tag) {
      return switch (tag) {
        case STREAM -> readStream();
        case UUID_OPTION -> readForm();
        default -> readCompatibility();
      };
    }

    private boolean readStream() {
      if (!in.next() || in.tag() != IDENTIFIER) {
        return false;
      }
      stream = AppendFields.readStreamIdentifier(in);
      if (!in.next()) {
        return false;
      }
      switch (in.tag()) {
        case REVISION -> from = in.varint();
        case START -> in.skip();
        case END -> {
          in.skip();
          from = LARGEST;
        }
        default -> {
          return false;
        }
      }
      return !in.next();
    }

    private boolean readForm() {
      if (!in.next()) {
        return false;
      }
      switch (in.tag()) {
        case STRUCTURED -> form = UuidForm.STRUCTURED;
        case STRING -> form = UuidForm.TEXT;
        default -> {
          return false;
        }
      }
      in.skip();
      return !in.next();
    }

    private boolean readCompatibility() {
      if (!in.next() || in.tag() != COMPATIBILITY) {
        return false;
      }
      compatibility = (int) in.varint();
      return !in.next();
    }
  }
}
