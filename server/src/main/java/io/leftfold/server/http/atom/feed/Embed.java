// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import java.util.Locale;
import java.util.Optional;

/// How much of an event its entry has.
public enum Embed {
  /// Links alone.
  NONE,
  /// The event, its data as what it is.
  CONTENT,
  /// What there is to know about the event, without what is in it.
  RICH,
  /// The same, with data and metadata as texts.
  BODY,
  /// The same, with JSON in lines.
  PRETTY,
  /// The same, and what does not claim to be JSON but is.
  TRY_HARDER;

  /// By the parameter of a request.
  ///
  /// @param text in any letters
  /// @return what it stands for; nothing, if it is not known
  public static Embed of(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "content" -> CONTENT;
      case "rich" -> RICH;
      case "body" -> BODY;
      case "pretty", "prettybody" -> PRETTY;
      case "tryharder" -> TRY_HARDER;
      default -> NONE;
    };
  }

  boolean isRich() {
    return switch (this) {
      case NONE, CONTENT -> false;
      case RICH, BODY, PRETTY, TRY_HARDER -> true;
    };
  }

  boolean hasBodies() {
    return isRich() && this != RICH;
  }

  /// JSON in lines, for those who want it so.
  ///
  /// @param bytes what an event has
  /// @param claimsJson whether it says that this is JSON
  /// @return empty if it is shown as it stands there
  Optional<String> inLines(byte[] bytes, boolean claimsJson) {
    return this == TRY_HARDER || (this == PRETTY && claimsJson)
        ? Json.pretty(bytes)
        : Optional.empty();
  }
}
