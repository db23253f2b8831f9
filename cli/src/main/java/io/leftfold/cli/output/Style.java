// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.output;

/// Colours, where there is a terminal to show them.
public enum Style {
  /// Text as it is.
  PLAIN,
  /// With the escape sequences of terminals.
  COLOURED;

  /// What matters most.
  ///
  /// @param text printable text
  /// @return the text, styled
  public String strong(String text) {
    return in("1", text);
  }

  /// What matters least.
  ///
  /// @param text printable text
  /// @return the text, styled
  public String faint(String text) {
    return in("2", text);
  }

  /// What something is called.
  ///
  /// @param text printable text
  /// @return the text, styled
  public String name(String text) {
    return in("36", text);
  }

  /// What is to be noticed.
  ///
  /// @param text printable text
  /// @return the text, styled
  public String warning(String text) {
    return in("1;33", text);
  }

  private String in(String code, String text) {
    return switch (this) {
      case PLAIN -> text;
      case COLOURED -> "\u001b[" + code + "m" + text + "\u001b[0m";
    };
  }
}
