// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

/// What holds for one option.
///
/// @param option which
/// @param value what; empty for none
/// @param origin who says so
public record Setting(ServerOption option, String value, Origin origin) {

  private static final String HIDDEN = "********";

  /// The value as it may be shown.
  ///
  /// @return stars for a password
  public String shown() {
    return shown(option, value);
  }

  static String shown(ServerOption option, String value) {
    return option.kind().isSecret() && !value.isEmpty() ? HIDDEN : value;
  }

  /// Without passwords.
  @Override
  public String toString() {
    return "%s=%s (%s)".formatted(option.key(), shown(), origin);
  }
}
