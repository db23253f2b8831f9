// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.WireReader;
import org.jspecify.annotations.Nullable;

/// The fields that requests to append have in common, and how `AppendReq` holds them.
final class AppendFields {

  static final int STREAM_IDENTIFIER = 1 << 3 | WireReader.LENGTH_DELIMITED;
  static final int REVISION = 2 << 3 | WireReader.VARINT;
  static final int NO_STREAM = 3 << 3 | WireReader.LENGTH_DELIMITED;
  static final int ANY = 4 << 3 | WireReader.LENGTH_DELIMITED;
  static final int STREAM_EXISTS = 5 << 3 | WireReader.LENGTH_DELIMITED;

  private static final int OPTIONS = 1 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int PROPOSED_MESSAGE = 2 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int STREAM_NAME = 3 << 3 | WireReader.LENGTH_DELIMITED;

  private AppendFields() {}

  static AppendRequest readAppend(WireReader in) {
    AppendRequest result = new AppendRequest.Nothing();
    while (in.next()) {
      switch (in.tag()) {
        case OPTIONS -> {
          var outer = in.enter();
          result = readOptions(in);
          in.leave(outer);
        }
        case PROPOSED_MESSAGE -> {
          var outer = in.enter();
          result = new AppendRequest.Proposed(ProposedMessage.read(in));
          in.leave(outer);
        }
        default -> in.skip();
      }
    }
    return result;
  }

  private static AppendRequest.Options readOptions(WireReader in) {
    @Nullable String stream = null;
    WireExpectation expected = new WireExpectation.Unset();
    while (in.next()) {
      switch (in.tag()) {
        case STREAM_IDENTIFIER -> stream = readStreamIdentifier(in);
        case REVISION, NO_STREAM, ANY, STREAM_EXISTS -> expected = readExpectation(in);
        default -> in.skip();
      }
    }
    return new AppendRequest.Options(stream, expected);
  }

  static WireExpectation readExpectation(WireReader in) {
    if (in.tag() == REVISION) {
      return new WireExpectation.AtRevision(in.varint());
    }
    in.skip();
    return switch (in.tag()) {
      case NO_STREAM -> new WireExpectation.NoStream();
      case ANY -> new WireExpectation.Any();
      default -> new WireExpectation.StreamExists();
    };
  }

  static @Nullable String readStreamIdentifier(WireReader in) {
    @Nullable String name = null;
    var outer = in.enter();
    while (in.next()) {
      if (in.tag() == STREAM_NAME) {
        name = in.text();
      } else {
        in.skip();
      }
    }
    in.leave(outer);
    return name;
  }
}
