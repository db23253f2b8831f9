// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Writes `BatchAppendResp` messages, the answers to one append each.
public final class BatchAppendResponses {

  private static final int CORRELATION_ID = 1;
  private static final int ERROR = 2;
  private static final int SUCCESS = 3;
  private static final int STREAM_IDENTIFIER = 4;
  private static final int STREAM_NAME = 3;
  private static final int ALREADY_EXISTS = 6;
  private static final String TYPE_URL = "type.googleapis.com/event_store.client.";

  private BatchAppendResponses() {}

  /// The events are recorded.
  ///
  /// @param out where to
  /// @param correlation which append
  /// @param options what was asked
  /// @param lastRevision of the stream; negative if it has no events (an append of none)
  /// @param position of the last event; empty if it is not known
  public static void success(
      WireWriter out,
      WireUuid correlation,
      BatchAppendRequest.Options options,
      long lastRevision,
      OptionalLong position) {
    correlation.write(out, CORRELATION_ID);
    out.begin(SUCCESS);
    AppendResponses.writeOutcome(out, lastRevision, position);
    out.end();
    writeEcho(out, options);
  }

  /// The stream is not as the writer believed.
  ///
  /// @param out where to
  /// @param correlation which append
  /// @param options what was asked
  /// @param message for people
  /// @param lastRevision of the stream; negative if it has no events
  public static void wrongExpectedVersion(
      WireWriter out,
      WireUuid correlation,
      BatchAppendRequest.Options options,
      String message,
      long lastRevision) {
    var detail = new WireWriter(64);
    if (lastRevision >= 0) {
      detail.varint(1, lastRevision);
    } else {
      detail.empty(2);
    }
    options.expected().write(detail, 3, 6, 4, 5);
    error(
        out,
        correlation,
        options,
        ALREADY_EXISTS,
        message,
        "WrongExpectedVersion",
        detail.toByteArray());
  }

  /// The append failed, whyever.
  ///
  /// @param out where to
  /// @param correlation which append
  /// @param options what was asked; null if that was never said
  /// @param code of gRPC's statuses
  /// @param message for people
  /// @param detailType a message of package `event_store.client`, such as `Timeout`
  /// @param detail that message, written
  public static void error(
      WireWriter out,
      WireUuid correlation,
      BatchAppendRequest.@Nullable Options options,
      int code,
      String message,
      String detailType,
      byte[] detail) {
    correlation.write(out, CORRELATION_ID);
    out.begin(ERROR, message.length() + detail.length);
    if (code != 0) {
      out.varint(1, code);
    }
    if (!message.isEmpty()) {
      out.text(2, message);
    }
    out.begin(3, detail.length);
    out.text(1, TYPE_URL + detailType);
    if (detail.length > 0) {
      out.bytes(2, detail);
    }
    out.end();
    out.end();
    if (options != null) {
      writeEcho(out, options);
    }
  }

  private static void writeEcho(WireWriter out, BatchAppendRequest.Options options) {
    if (options.stream() != null) {
      var name = options.stream().getBytes(StandardCharsets.UTF_8);
      out.begin(STREAM_IDENTIFIER, name.length);
      out.bytes(STREAM_NAME, name);
      out.end();
    }
    options.expected().write(out, 5, 6, 7, 8);
  }
}
