// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import java.util.List;
import java.util.Locale;

/// What the value of an option may be.
public sealed interface Kind {

  /// How a value is written in help: `<port>`.
  ///
  /// @return with its angle brackets
  String label();

  /// What a value must be, to be said when it is not.
  ///
  /// @return as in "is true or false"
  String expectation();

  /// Whether a text is a value.
  ///
  /// @param text as it was given
  /// @return whether it is what [#expectation] says
  boolean accepts(String text);

  /// Yes or no.
  record Flag() implements Kind {
    @Override
    public String label() {
      return "<true|false>";
    }

    @Override
    public String expectation() {
      return "is true or false";
    }

    @Override
    public boolean accepts(String text) {
      return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
    }
  }

  /// Any text but the empty one.
  ///
  /// @param label what it is
  /// @param secret whether it is never shown
  record Text(String label, boolean secret) implements Kind {
    @Override
    public String expectation() {
      return "is a text";
    }

    @Override
    public boolean accepts(String text) {
      return !text.isEmpty();
    }
  }

  /// A whole number.
  ///
  /// @param label what it is
  /// @param least the smallest
  /// @param most the largest
  record Whole(String label, long least, long most) implements Kind {
    @Override
    public String expectation() {
      return "is a number from %d to %d".formatted(least, most);
    }

    @Override
    public boolean accepts(String text) {
      try {
        var number = Long.parseLong(text);
        return number >= least && number <= most;
      } catch (NumberFormatException _) {
        return false;
      }
    }
  }

  /// One of a few words.
  ///
  /// @param words in small letters
  record OneOf(List<String> words) implements Kind {
    @Override
    public String label() {
      return "<" + String.join("|", words) + ">";
    }

    @Override
    public String expectation() {
      return "is " + String.join(" or ", words);
    }

    @Override
    public boolean accepts(String text) {
      return words.contains(text.toLowerCase(Locale.ROOT));
    }
  }

  /// Whether values are never shown.
  ///
  /// @return true for passwords
  default boolean isSecret() {
    return this instanceof Text(_, var secret) && secret;
  }
}
