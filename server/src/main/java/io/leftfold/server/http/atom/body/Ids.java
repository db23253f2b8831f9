// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.body;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// Ids of events as texts: with hyphens or without, in braces or not.
public final class Ids {

  private static final Pattern ID =
      Pattern.compile(
          "([0-9a-fA-F]{8})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{4})-?([0-9a-fA-F]{12})");

  private Ids() {}

  /// An id from its text.
  ///
  /// @param text as clients write it
  /// @return the id; empty if it is none, or all zeros
  public static Optional<UUID> of(String text) {
    var bare = text.strip();
    if (bare.startsWith("{") && bare.endsWith("}")) {
      bare = bare.substring(1, bare.length() - 1);
    }
    var matcher = ID.matcher(bare);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var id = UUID.fromString(matcher.replaceAll("$1-$2-$3-$4-$5"));
    return id.getMostSignificantBits() == 0 && id.getLeastSignificantBits() == 0
        ? Optional.empty()
        : Optional.of(id);
  }
}
