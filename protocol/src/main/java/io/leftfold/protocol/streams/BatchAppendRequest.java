// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.InvalidFieldException;
import io.leftfold.protocol.wire.MalformedMessageException;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One message of a `BatchAppend` call: a part of an append, or all of it.
///
/// @param correlation which append it belongs to
/// @param options where to; empty in all but the first message of an append
/// @param proposed events
/// @param isFinal whether the append is complete
/// @param fault what is wrong with this append; the answer to this append alone. There are fewer
///   events then than were sent
public record BatchAppendRequest(
    WireUuid correlation,
    Optional<Options> options,
    List<ProposedMessage> proposed,
    boolean isFinal,
    Optional<WireException> fault) {

  private static final int CORRELATION_ID = 1 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int OPTIONS = 2 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int PROPOSED_MESSAGES = 3 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int IS_FINAL = 4 << 3 | WireReader.VARINT;
  private static final int DEADLINE_21_10_0 = 6 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int DEADLINE = 7 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int SECONDS = 1 << 3 | WireReader.VARINT;
  private static final int NANOS = 2 << 3 | WireReader.VARINT;

  /// Where to, what the writer believes, and how long it waits.
  ///
  /// @param stream the stream's name; null if there was none
  /// @param expected what the writer believes
  /// @param deadline how long it waits
  public record Options(@Nullable String stream, WireExpectation expected, Deadline deadline) {}

  /// How long the writer of an append waits. Any 64 bits of seconds are taken.
  public sealed interface Deadline {

    /// As long as the server likes.
    record None() implements Deadline {}

    /// Until a time.
    ///
    /// @param seconds since the epoch
    /// @param nanos of the second
    record At(long seconds, int nanos) implements Deadline {}

    /// For a time.
    ///
    /// @param seconds whole seconds
    /// @param nanos of a second
    record Within(long seconds, int nanos) implements Deadline {}

    /// What is left.
    ///
    /// @param now the time
    /// @param most the answer if there is no deadline, or a later one
    /// @return negative or zero if the time is over
    default Duration remaining(Instant now, Duration most) {
      return switch (this) {
        case None() -> most;
        case At(var seconds, var nanos) ->
            min(most, subtractSaturating(seconds, now.getEpochSecond()), nanos - now.getNano());
        case Within(var seconds, var nanos) -> min(most, seconds, nanos);
      };
    }

    private static Duration min(Duration most, long seconds, int nanos) {
      // A second more covers the nanoseconds, of whichever sign.
      if (seconds > most.toSeconds() + 2) {
        return most;
      }
      if (seconds < -2) {
        return Duration.ofSeconds(-1);
      }
      var asked = Duration.ofSeconds(seconds, nanos);
      return asked.compareTo(most) < 0 ? asked : most;
    }

    private static long subtractSaturating(long a, long b) {
      var difference = a - b;
      var overflow = ((a ^ b) & (a ^ difference)) < 0;
      return !overflow ? difference : a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  /// Reads a `BatchAppendReq`.
  ///
  /// @param bytes the whole message
  /// @return what it says, right or wrong
  /// @throws WireException if it cannot even be said which append is meant; the answer to the whole
  ///   call
  public static BatchAppendRequest read(byte[] bytes) {
    return read(bytes, 0, bytes.length, Integer.MAX_VALUE);
  }

  /// Reads a `BatchAppendReq`. An event takes two bytes on the wire and a hundred times that in
  /// memory: so of very many, objects are made of one more than may be, and the others passed over.
  ///
  /// @param bytes holds the message
  /// @param offset where it begins
  /// @param length how long it is
  /// @param eventsMax how many events there may be
  /// @return what it says, right or wrong
  /// @throws WireException if it cannot even be said which append is meant; the answer to the whole
  ///   call
  public static BatchAppendRequest read(byte[] bytes, int offset, int length, int eventsMax) {
    var in = new WireReader(bytes, offset, length);
    @Nullable WireUuid correlation = null;
    @Nullable Options options = null;
    @Nullable WireException fault = null;
    var proposed = new ArrayList<ProposedMessage>();
    var isFinal = false;
    while (in.next()) {
      switch (in.tag()) {
        case CORRELATION_ID -> correlation = WireUuid.read(in, "correlation_id");
        case OPTIONS -> {
          var outer = in.enter();
          try {
            options = readOptions(in);
          } catch (MalformedMessageException | InvalidFieldException e) {
            fault = e;
          }
          in.leave(outer);
        }
        case PROPOSED_MESSAGES -> {
          var outer = in.enter();
          if (fault == null && proposed.size() <= eventsMax) {
            try {
              proposed.add(ProposedMessage.read(in));
            } catch (WireException e) {
              fault = e;
            }
          }
          in.leave(outer);
        }
        case IS_FINAL -> isFinal = in.bool();
        default -> in.skip();
      }
    }
    if (correlation == null) {
      throw new InvalidFieldException(
          "correlation_id", "A message of BatchAppend has a correlation_id, but none was sent");
    }
    return new BatchAppendRequest(
        correlation, Optional.ofNullable(options), proposed, isFinal, Optional.ofNullable(fault));
  }

  private static Options readOptions(WireReader in) {
    @Nullable String stream = null;
    WireExpectation expected = new WireExpectation.Unset();
    Deadline deadline = new Deadline.None();
    while (in.next()) {
      switch (in.tag()) {
        case AppendFields.STREAM_IDENTIFIER -> stream = AppendFields.readStreamIdentifier(in);
        case AppendFields.REVISION,
            AppendFields.NO_STREAM,
            AppendFields.ANY,
            AppendFields.STREAM_EXISTS ->
            expected = AppendFields.readExpectation(in);
        case DEADLINE_21_10_0, DEADLINE -> deadline = readDeadline(in);
        default -> in.skip();
      }
    }
    return new Options(stream, expected, deadline);
  }

  private static Deadline readDeadline(WireReader in) {
    var absolute = in.tag() == DEADLINE_21_10_0;
    var seconds = 0L;
    var nanos = 0;
    var outer = in.enter();
    while (in.next()) {
      switch (in.tag()) {
        case SECONDS -> seconds = in.varint();
        case NANOS -> nanos = (int) in.varint();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return absolute ? new Deadline.At(seconds, nanos) : new Deadline.Within(seconds, nanos);
  }
}
