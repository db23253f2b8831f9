// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.engine.stream.Expression.Unsupported;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// What can be said of a regular expression by reading it once: that it is of a size that can be
/// afforded, where it looks ahead, and what it must begin with.
///
/// It is read before it is compiled, for compiling writes out counted repetition:
/// `((x{1000}){1000}){1000}` is short, and a thousand million steps. The size is estimated from
/// above. What is malformed is left to the compiler to find.
///
/// @param lookAheads all of them, which stand side by side behind `^` and plain text
/// @param literalPrefix the plain text behind `^` that every match begins with
record ExpressionOutline(List<LookAhead> lookAheads, String literalPrefix) {

  static final int LENGTH_MAX = 4_096;
  private static final int DEPTH_MAX = 100;
  private static final String QUANTIFIERS = "*+?{";

  /// A group that looks ahead.
  ///
  /// @param from where it begins
  /// @param end behind it
  /// @param isNegative whether it is `(?!…)`
  record LookAhead(int from, int end, boolean isNegative) {}

  /// @throws Unsupported if it is too long, too deep or too large, or looks ahead elsewhere
  static ExpressionOutline of(String regex) {
    if (regex.length() > LENGTH_MAX) {
      throw new Unsupported(
          "it has %d characters, %d are allowed".formatted(regex.length(), LENGTH_MAX));
    }
    return new Reading(regex).outline();
  }

  /// The one pass.
  private static final class Reading {
    private final String regex;
    private final ArrayDeque<Group> groups = new ArrayDeque<>();
    private final List<LookAhead> lookAheads = new ArrayList<>();
    private boolean hasAlternatives;
    private int at;

    /// A group that is open, or the whole.
    private static final class Group {
      final int from;
      long size;
      long lastAtom;

      Group(int from) {
        this.from = from;
      }

      void add(long atom) {
        lastAtom = atom;
        size += atom;
      }

      void repeat(long count) {
        if (count > 1) {
          size += Math.min(lastAtom, Expression.SIZE_MAX + 1L) * (count - 1);
          lastAtom *= count;
        }
        size++;
        if (size > Expression.SIZE_MAX) {
          throw new Unsupported(
              "written out, its repetitions take more than %d steps"
                  .formatted(Expression.SIZE_MAX));
        }
      }
    }

    Reading(String regex) {
      this.regex = regex;
      groups.push(new Group(0));
    }

    ExpressionOutline outline() {
      while (at < regex.length()) {
        take();
      }
      var literal = literalEnd();
      if (!lookAheads.isEmpty()) {
        requireSideBySide(literal);
      }
      return new ExpressionOutline(
          List.copyOf(lookAheads),
          literal > 0 && !hasAlternatives ? unescaped(regex.substring(1, literal)) : "");
    }

    private void take() {
      var group = groups.getFirst();
      switch (regex.charAt(at)) {
        case '(' -> open();
        case ')' -> close();
        case '[' -> {
          at = classEnd();
          group.add(1);
        }
        case '\\' -> {
          at = escapeEnd(group);
          group.add(1);
        }
        case '{' -> repeat(group);
        case '*', '+', '?' -> {
          at++;
          group.repeat(1);
        }
        case '|' -> {
          at++;
          hasAlternatives |= groups.size() == 1;
          group.add(1);
        }
        default -> {
          at++;
          group.add(1);
        }
      }
    }

    private void open() {
      if (groups.size() > DEPTH_MAX) {
        throw new Unsupported("its groups are more than %d deep".formatted(DEPTH_MAX));
      }
      groups.push(new Group(at));
      at++;
      if (looksAheadAt(groups.getFirst().from)) {
        at += 2;
      } else if (regex.startsWith("?", at)) {
        at++; // of (?:, (?i), (?<name>: no repetition
      }
    }

    private boolean looksAheadAt(int from) {
      return regex.startsWith("(?!", from) || regex.startsWith("(?=", from);
    }

    private void close() {
      at++;
      if (groups.size() == 1) {
        return; // one too many, as the compiler will say
      }
      var group = groups.pop();
      groups.getFirst().add(group.size + 2);
      if (looksAheadAt(group.from)) {
        if (groups.size() > 1) {
          throw new Unsupported("it looks ahead inside a group");
        }
        lookAheads.add(new LookAhead(group.from, at, regex.charAt(group.from + 2) == '!'));
      }
    }

    private int classEnd() {
      var end = at + 1;
      if (regex.startsWith("^", end)) {
        end++;
      }
      if (regex.startsWith("]", end)) {
        end++; // the first one stands for itself
      }
      while (end < regex.length() && regex.charAt(end) != ']') {
        var posix = regex.startsWith("[:", end) ? regex.indexOf(":]", end + 2) : -1;
        end = posix >= 0 ? posix + 2 : end + (regex.charAt(end) == '\\' ? 2 : 1);
      }
      return Math.min(end + 1, regex.length());
    }

    private int escapeEnd(Group group) {
      if (regex.startsWith("\\Q", at)) {
        var end = regex.indexOf("\\E", at + 2);
        var behind = end < 0 ? regex.length() : end;
        group.size += behind - at;
        return Math.min(behind + 2, regex.length());
      }
      var end = Math.min(at + 2, regex.length());
      var isBraced =
          (regex.startsWith("p", at + 1)
                  || regex.startsWith("P", at + 1)
                  || regex.startsWith("x", at + 1))
              && regex.startsWith("{", end);
      var brace = isBraced ? regex.indexOf('}', end) : -1;
      return brace >= 0 ? brace + 1 : end;
    }

    /// `{n}`, `{n,}` or `{n,m}`; any other brace stands for itself.
    private void repeat(Group group) {
      var end = regex.indexOf('}', at);
      var counts = end < 0 ? "" : regex.substring(at + 1, end);
      if (!counts.matches("[0-9]{1,9}(,[0-9]{0,9})?")) {
        at++;
        group.add(1);
        return;
      }
      at = end + 1;
      var comma = counts.indexOf(',');
      var least = Long.parseLong(comma < 0 ? counts : counts.substring(0, comma));
      var isOpen = comma < 0 || comma == counts.length() - 1;
      group.repeat(isOpen ? least : Math.max(least, Long.parseLong(counts.substring(comma + 1))));
    }

    /// Behind the plain text behind `^`; 0 if it does not begin with `^`.
    private int literalEnd() {
      if (!regex.startsWith("^")) {
        return 0;
      }
      var end = 1;
      while (end < regex.length()) {
        var next = end + lengthOfLiteral(end);
        if (next == end
            || (next < regex.length() && QUANTIFIERS.indexOf(regex.charAt(next)) >= 0)) {
          break;
        }
        end = next;
      }
      return end;
    }

    /// How long the character is that stands for itself at a place; 0 if none does.
    private int lengthOfLiteral(int index) {
      var c = regex.charAt(index);
      if (c == '\\') {
        var escaped = index + 1 < regex.length() ? regex.charAt(index + 1) : 'x';
        return escaped < 0x80 && !Character.isLetterOrDigit(escaped) ? 2 : 0;
      }
      return "^$.|()[]{}*+?".indexOf(c) >= 0 || Character.isSurrogate(c) ? 0 : 1;
    }

    private static String unescaped(String literal) {
      return literal.replaceAll("(?s)\\\\(.)", "$1");
    }

    private void requireSideBySide(int literalEnd) {
      var expected = literalEnd;
      for (var lookAhead : lookAheads) {
        if (expected == 0 || lookAhead.from != expected) {
          throw new Unsupported("it looks ahead elsewhere than behind ^ and plain text");
        }
        expected = lookAhead.end;
      }
      if (hasAlternatives) {
        throw new Unsupported("it looks ahead in one of several alternatives");
      }
      if (expected < regex.length() && QUANTIFIERS.indexOf(regex.charAt(expected)) >= 0) {
        throw new Unsupported("it repeats a look-ahead");
      }
    }
  }
}
