// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.streams;

import io.leftfold.protocol.wire.InvalidFieldException;
import io.leftfold.protocol.wire.MissingMetadataPropertyException;
import io.leftfold.protocol.wire.WireReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An event to be appended, as it stands on the wire.
///
/// @param id its id; may be all zeros, which the server refuses
/// @param type its type; may be empty, which the server refuses
/// @param json whether its content type is exactly `application/json`
/// @param data the event
/// @param customMetadata about the event
public record ProposedMessage(
    UUID id, String type, boolean json, byte[] data, byte[] customMetadata) {

  private static final int ID = 1 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int METADATA = 2 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int CUSTOM_METADATA = 3 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int DATA = 4 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int KEY = 1 << 3 | WireReader.LENGTH_DELIMITED;
  private static final int VALUE = 2 << 3 | WireReader.LENGTH_DELIMITED;

  private static final byte[] TYPE_KEY = "type".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CONTENT_TYPE_KEY = "content-type".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] JSON_TYPE = "application/json".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NOTHING = {};

  /// What the event counts for against the limit on the size of an event.
  ///
  /// @return bytes of data and metadata, and two for each character of the type
  public long size() {
    return (long) data.length + customMetadata.length + 2L * type.length();
  }

  /// Reads up to the end of the message that the reader is in. `AppendReq.ProposedMessage` and
  /// `BatchAppendReq.ProposedMessage` are alike.
  static ProposedMessage read(WireReader in) {
    @Nullable UUID id = null;
    @Nullable String type = null;
    var contentTypeSeen = false;
    var json = false;
    var customMetadata = NOTHING;
    var data = NOTHING;
    while (in.next()) {
      switch (in.tag()) {
        case ID -> id = WireUuid.read(in, "id").id();
        case METADATA -> {
          var outer = in.enter();
          var key = Key.OTHER;
          // An entry has its key before its value, as every writer writes it.
          while (in.next()) {
            switch (in.tag()) {
              case KEY -> key = Key.read(in);
              case VALUE -> {
                switch (key) {
                  case TYPE -> type = in.text();
                  case CONTENT_TYPE -> {
                    json = in.textIs(JSON_TYPE);
                    contentTypeSeen = true;
                  }
                  case OTHER -> in.skip();
                }
              }
              default -> in.skip();
            }
          }
          in.leave(outer);
        }
        case CUSTOM_METADATA -> customMetadata = in.bytes();
        case DATA -> data = in.bytes();
        default -> in.skip();
      }
    }
    if (id == null) {
      throw new InvalidFieldException("id", "A proposed message has an id, but none was sent");
    }
    if (type == null) {
      throw new MissingMetadataPropertyException("type");
    }
    if (!contentTypeSeen) {
      throw new MissingMetadataPropertyException("content-type");
    }
    return new ProposedMessage(id, type, json, data, customMetadata);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProposedMessage that
        && id.equals(that.id)
        && type.equals(that.type)
        && json == that.json
        && Arrays.equals(data, that.data)
        && Arrays.equals(customMetadata, that.customMetadata);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  private enum Key {
    TYPE,
    CONTENT_TYPE,
    OTHER;

    static Key read(WireReader in) {
      if (in.peekIs(TYPE_KEY)) {
        in.skip();
        return TYPE;
      }
      if (in.peekIs(CONTENT_TYPE_KEY)) {
        in.skip();
        return CONTENT_TYPE;
      }
      in.skip();
      return OTHER;
    }
  }
}
