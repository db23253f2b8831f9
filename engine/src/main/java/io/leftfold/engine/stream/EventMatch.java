// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.EventFilter;
import io.leftfold.engine.log.RecordCursor;
import java.util.HashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Decides about the record under a cursor what the index could not. Owned by one thread at a time.
interface EventMatch {

  /// Whether the filter wants the record.
  boolean matches(RecordCursor record);

  /// The match for a filter.
  static EventMatch of(EventFilter filter) {
    return switch (filter) {
      case EventFilter.Everything(), EventFilter.Category(_), EventFilter.Types(_) ->
          record -> true;
      case EventFilter.Tagged(var tags) -> record -> record.tags().containsAll(tags);
      case EventFilter.Matching(var query) ->
          record -> query.matches(record.stream(), record.type(), record.tags());
      case EventFilter.StreamPrefix(var prefixes) ->
          onStream(name -> prefixes.stream().anyMatch(name::startsWith));
      case EventFilter.TypePrefix(var prefixes) ->
          onType(name -> prefixes.stream().anyMatch(name::startsWith));
      case EventFilter.StreamRegex(var regex) -> onStream(found(regex));
      case EventFilter.TypeRegex(var regex) -> onType(found(regex));
    };
  }

  private static EventMatch onStream(Predicate<String> test) {
    var remembered = new Remembered(test);
    return record -> remembered.test(record.stream().value());
  }

  private static EventMatch onType(Predicate<String> test) {
    var remembered = new Remembered(test);
    return record -> remembered.test(record.type());
  }

  private static Predicate<String> found(String regex) {
    var pattern = Pattern.compile(regex);
    return text -> {
      try {
        return pattern.matcher(new Budgeted(text, regex)).find();
      } catch (StackOverflowError e) { // how it goes back and forth, it does by recursion
        throw Budgeted.tooManySteps(regex, text);
      }
    };
  }

  /// Names repeat: each is tested once while it is remembered.
  final class Remembered implements Predicate<String> {
    private static final int NAMES_MAX = 4096;
    private final Predicate<String> test;
    private final HashMap<String, Boolean> known = new HashMap<>();

    Remembered(Predicate<String> test) {
      this.test = test;
    }

    @Override
    public boolean test(String name) {
      var answer = known.get(name);
      if (answer == null) {
        if (known.size() == NAMES_MAX) {
          known.clear();
        }
        answer = test.test(name);
        known.put(name, answer);
      }
      return answer;
    }
  }

  /// A text that lets a regular expression look at it only so often: expressions that go back and
  /// forth without end are refused, not suffered.
  final class Budgeted implements CharSequence {
    private static final int LOOKS_MAX = 1_000_000;
    private final String text;
    private final String regex;
    private int looks;

    Budgeted(String text, String regex) {
      this.text = text;
      this.regex = regex;
    }

    @Override
    public char charAt(int index) {
      if (++looks > LOOKS_MAX) {
        throw tooManySteps(regex, text);
      }
      return text.charAt(index);
    }

    static IllegalArgumentException tooManySteps(String regex, String text) {
      return new IllegalArgumentException(
          "The expression %s takes too many steps on \"%s\"; write it without nested repetition"
              .formatted(regex, text.length() > 60 ? text.substring(0, 60) + "…" : text));
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
