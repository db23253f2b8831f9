// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import io.leftfold.api.EventFilter;
import io.leftfold.api.StreamName;
import io.leftfold.engine.log.RecordCursor;
import java.util.HashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/// Decides about the record under a cursor what the index could not. Owned by one thread at a time.
interface EventMatch {

  /// Whether the filter wants the record.
  boolean matches(RecordCursor record);

  /// How many steps were taken so far to decide about names; never less than before.
  default long steps() {
    return 0;
  }

  /// The match for a filter, behind the walk for it.
  ///
  /// @throws IllegalArgumentException if the filter has an expression that cannot be used
  static EventMatch of(EventFilter filter, PositionWalk walk) {
    return of(filter, !(walk instanceof WalkWithoutIndex));
  }

  /// The match for a filter, of which the index has said nothing.
  ///
  /// @throws IllegalArgumentException if the filter has an expression that cannot be used
  static EventMatch of(EventFilter filter) {
    return of(filter, false);
  }

  private static EventMatch of(EventFilter filter, boolean isIndexed) {
    return switch (filter) {
      case EventFilter.Everything() -> record -> true;
      case EventFilter.Category(var category) ->
          isIndexed ? record -> true : new OfRecord(record -> isOf(category, record.stream()));
      case EventFilter.Types(var types) ->
          isIndexed ? record -> true : new OfRecord(record -> types.contains(record.type()));
      case EventFilter.Tagged(var tags) -> new OfRecord(record -> record.tags().containsAll(tags));
      case EventFilter.Matching(var query) ->
          new OfRecord(record -> query.matches(record.stream(), record.type(), record.tags()));
      case EventFilter.StreamPrefix(var prefixes) ->
          new OfName(NameTest.beginning(prefixes), record -> record.stream().value());
      case EventFilter.StreamRegex(var regex) ->
          new OfName(NameTest.finding(regex), record -> record.stream().value());
      case EventFilter.TypePrefix(var prefixes) ->
          new OfName(NameTest.beginning(prefixes), RecordCursor::type);
      case EventFilter.TypeRegex(var regex) ->
          new OfName(NameTest.finding(regex), RecordCursor::type);
    };
  }

  private static boolean isOf(String category, StreamName stream) {
    return !stream.isSystem() && stream.category().filter(category::equals).isPresent();
  }

  /// Decides by what a record says. Without an index that may be all there is for a long way, so
  /// each one counts as steps: others get a turn.
  final class OfRecord implements EventMatch {
    private static final int STEPS = 32;
    private final Predicate<RecordCursor> wanted;
    private long steps;

    OfRecord(Predicate<RecordCursor> wanted) {
      this.wanted = wanted;
    }

    @Override
    public boolean matches(RecordCursor record) {
      steps += STEPS;
      return wanted.test(record);
    }

    @Override
    public long steps() {
      return steps;
    }
  }

  /// Decides by a name. Names repeat: each is tested once while it is remembered.
  final class OfName implements EventMatch {
    private static final int NAMES_MAX = 4096;
    private final NameTest test;
    private final Function<RecordCursor, String> nameOf;
    private final HashMap<String, Boolean> known = new HashMap<>();
    private long steps;

    OfName(NameTest test, Function<RecordCursor, String> nameOf) {
      this.test = test;
      this.nameOf = nameOf;
    }

    @Override
    public boolean matches(RecordCursor record) {
      var name = nameOf.apply(record);
      var answer = known.get(name);
      if (answer == null) {
        if (known.size() == NAMES_MAX) {
          known.clear();
        }
        steps += test.steps(name);
        answer = test.wants(name);
        known.put(name, answer);
      }
      return answer;
    }

    @Override
    public long steps() {
      return steps;
    }
  }
}
