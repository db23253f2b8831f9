// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayList;
import java.util.List;

/// A regular expression that is found in a name, in time that grows with the name and never faster.
///
/// RE2 does the finding, which has no look-ahead. What clients use it for, leaving names out, is
/// taken apart: `^(?!a)b` is found where `^b` is found and `^a` is not. That is the same as long as
/// all begin at one place, so it is done for what stands behind `^` or behind `^` and plain text,
/// and nowhere else.
final class Expression {

  /// More steps than this for each character of a name are refused.
  static final int SIZE_MAX = 2_000;

  private static final int SHOWN_MAX = 80;

  /// Something that is to be found, or not to be found.
  private record Condition(Pattern pattern, boolean isWanted) {}

  private final List<Condition> conditions;
  private final String literalPrefix;
  private final long size;

  private Expression(List<Condition> conditions, String literalPrefix) {
    this.conditions = conditions;
    this.literalPrefix = literalPrefix;
    this.size = conditions.stream().mapToLong(condition -> condition.pattern.programSize()).sum();
  }

  /// An expression from its text.
  ///
  /// @throws IllegalArgumentException if it is malformed, too large, or cannot be found in linear
  ///   time
  static Expression compile(String regex) {
    try {
      var outline = ExpressionOutline.of(regex);
      var expression =
          new Expression(
              outline.lookAheads().isEmpty()
                  ? List.of(new Condition(Pattern.compile(regex), true))
                  : takenApart(regex, outline),
              outline.literalPrefix());
      if (expression.size > SIZE_MAX) {
        throw new Unsupported(
            "it takes %d steps a character, %d are allowed".formatted(expression.size, SIZE_MAX));
      }
      return expression;
    } catch (PatternSyntaxException | Unsupported e) {
      throw new IllegalArgumentException(
          "The expression %s cannot be used: %s. It is written as for RE2: no back-reference, no look-behind, and look-ahead only behind ^ and plain text, as in ^(?!a$|b$)"
              .formatted(shown(regex), e.getMessage()),
          e);
    }
  }

  private static String shown(String regex) {
    return regex.length() > SHOWN_MAX ? regex.substring(0, SHOWN_MAX) + "…" : regex;
  }

  /// `^p(?!a)(?=b)c`, with p plain text, is found where `^pb` and `^pc` are and `^pa` is not.
  private static List<Condition> takenApart(String regex, ExpressionOutline outline) {
    var lookAheads = outline.lookAheads();
    var prefix = regex.substring(0, lookAheads.getFirst().from());
    var conditions = new ArrayList<Condition>();
    for (var lookAhead : lookAheads) {
      var inner = regex.substring(lookAhead.from() + "(?!".length(), lookAhead.end() - 1);
      conditions.add(
          new Condition(Pattern.compile(prefix + "(?:" + inner + ")"), !lookAhead.isNegative()));
    }
    var rest = regex.substring(lookAheads.getLast().end());
    conditions.add(new Condition(Pattern.compile(prefix + rest), true));
    return List.copyOf(conditions);
  }

  /// Whether it is found in a text.
  boolean isFoundIn(String text) {
    for (var condition : conditions) {
      if (condition.pattern.matcher(text).find() != condition.isWanted) {
        return false;
      }
    }
    return true;
  }

  /// How many steps looking at a text may take.
  long steps(String text) {
    return size * (text.length() + 1L);
  }

  /// What every text that it is found in begins with; empty if that is not known.
  String literalPrefix() {
    return literalPrefix;
  }

  /// Why an expression cannot be used; becomes an [IllegalArgumentException] that names it.
  static final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unsupported(String reason) {
      super(reason, null, false, false);
    }
  }
}
