// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

import java.time.Duration;
import java.util.Optional;

/// Who may keep an answer, and for how long.
///
/// @param isPublic whether a cache that many share may
/// @param maxAge how long without asking again; empty for not at all
/// @param tag tells the answer from others of the same URL; empty if it will never be another
public record Caching(boolean isPublic, Optional<Duration> maxAge, Optional<String> tag) {

  static final String ASK_AGAIN = "max-age=0, no-cache, must-revalidate";
  private static final Duration FOR_EVER = Duration.ofDays(365);

  /// What will never change.
  ///
  /// @param isPublic whether a cache that many share may keep it
  /// @return for a year
  public static Caching forEver(boolean isPublic) {
    return new Caching(isPublic, Optional.of(FOR_EVER), Optional.empty());
  }

  /// What may be another the next time.
  ///
  /// @return not at all
  public static Caching never() {
    return new Caching(false, Optional.empty(), Optional.empty());
  }

  /// The same, but to be asked for each time.
  ///
  /// @return the new caching
  public Caching askingAgain() {
    return new Caching(isPublic, Optional.empty(), tag);
  }

  /// Whether the caller has the answer already.
  ///
  /// @param request says which one it has
  /// @return whether
  public boolean isKnownTo(Request request) {
    if (tag.isEmpty()) {
      return false;
    }
    return request
        .header("if-none-match")
        .map(known -> {
          for (var one : known.split(",", -1)) {
            var strong = one.strip().startsWith("W/") ? one.strip().substring(2) : one.strip();
            if (strong.equals(quoted(tag.get()))) {
              return true;
            }
          }
          return false;
        })
        .orElse(false);
  }

  private static String quoted(String tag) {
    return "\"" + tag + "\"";
  }

  /// An answer that says so.
  ///
  /// @param answer what is answered
  /// @return with headers more
  public Answer of(Answer answer) {
    var control =
        maxAge
            .map(
                age -> "max-age=%d, %s".formatted(age.toSeconds(), isPublic ? "public" : "private"))
            .orElse(ASK_AGAIN);
    var told = answer.with("Cache-Control", control);
    return tag.isPresent() ? told.with("ETag", quoted(tag.get())) : told;
  }
}
