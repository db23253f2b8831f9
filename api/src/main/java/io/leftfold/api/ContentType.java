// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// How the data of an event is to be understood. The store itself looks at neither.
public enum ContentType {
  /// Bytes that only the application understands.
  BINARY("application/octet-stream"),
  /// UTF-8 text of one JSON value.
  JSON("application/json");

  private final String mediaType;

  ContentType(String mediaType) {
    this.mediaType = mediaType;
  }

  /// The name of this type on the wire.
  ///
  /// @return `application/json` or `application/octet-stream`
  public String mediaType() {
    return mediaType;
  }

  /// The type for a media type: JSON for exactly `application/json`, otherwise binary.
  ///
  /// @param mediaType as on the wire
  /// @return the type
  public static ContentType of(String mediaType) {
    return JSON.mediaType.equals(mediaType) ? JSON : BINARY;
  }
}
