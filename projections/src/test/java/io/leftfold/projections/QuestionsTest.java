// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventFilter;
import io.leftfold.api.StreamName;
import io.leftfold.projections.reading.Question;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the store is asked, by what the script says: nothing wanted is missing, and as little else
/// as the index can leave out. A fold leaves out the rest, so that results would not tell.
final class QuestionsTest {

  private static final EventFilter ALL = EventFilter.everything();

  static List<Arguments> scripts() {
    return List.of(
        Arguments.of("fromAll()", all(ALL)),
        Arguments.of("fromAll().when({ $any() {} })", all(ALL)),
        Arguments.of("fromAll().when({ A() {}, $any() {} })", all(ALL)),
        Arguments.of("fromAll().when({ A() {}, B() {} })", all(types("A", "B"))),
        Arguments.of("fromAll().when({ $init() {}, A() {} })", all(types("A"))),
        Arguments.of(
            "fromAll().foreachStream().when({ A() {}, $deleted() {} })",
            all(types("A", "$streamDeleted", "$metadata"))),
        Arguments.of(
            "options({ $includeLinks: true }); fromAll().when({ A() {} })", all(types("A"))),
        Arguments.of(
            "fromCategory('account').when({ $any() {} })",
            new Question.All(new EventFilter.Category("account"), true, Set.of(), false)),
        Arguments.of(
            "fromCategory('account').when({ A() {} })",
            new Question.All(new EventFilter.Category("account"), true, Set.of("A"), false)),
        Arguments.of(
            "fromCategory('account').foreachStream().when({ A() {}, $deleted() {} })",
            new Question.All(
                EventFilter.streamPrefix("account-", "$$account-"),
                true,
                Set.of("A", "$streamDeleted", "$metadata"),
                false)),
        Arguments.of("fromStream('a-1').when({ A() {} })", streams("a-1")),
        Arguments.of("fromStreams('b', 'a', 'b').when({ A() {} })", streams("b", "a")),
        Arguments.of("fromCategories('a', 'b').when({ A() {} })", streams("$ce-a", "$ce-b")));
  }

  private static EventFilter types(String... names) {
    return new EventFilter.Types(Set.of(names));
  }

  private static Question all(EventFilter filter) {
    return new Question.All(filter, false, Set.of(), true);
  }

  private static Question streams(String... names) {
    return new Question.Streams(java.util.Arrays.stream(names).map(StreamName::of).toList());
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void what_is_asked_is_what_the_script_wants(String script, Question asked) {
    var compiled = Fixture.RUNTIME.compile(new ProjectionSource("asked", script));

    assertThat(Questions.of(compiled.definition())).isEqualTo(asked);
  }
}
