// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.StreamName;
import io.leftfold.projections.storage.ProjectionStreams;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {

  private static final int LONGEST = StreamName.BYTES_MAX - 200;

  /// Of a projection called `x`: each of its streams that is called by its name.
  static Stream<StreamName> streamsOfAnother() {
    var streams = new ProjectionStreams("x", 7);
    return Stream.concat(
        Stream.of(streams.checkpoint(), streams.parked(), streams.emitted(), streams.result()),
        streams.result("p").stream());
  }

  @ParameterizedTest
  @MethodSource("streamsOfAnother")
  void no_projection_is_called_so_that_its_definition_is_a_stream_of_another_one(
      StreamName stream) {
    var name = stream.value().substring("$projections-".length());
    assertThat(ProjectionStreams.definition(name)).isEqualTo(stream);
    assertThatThrownBy(() -> Names.check(name))
        .isInstanceOf(ProjectionException.class)
        .hasMessageContaining("does not end with -")
        .hasMessageContaining(name);
  }

  static List<String> impossible() {
    return List.of("", " ", "$all", "x-emittedstreams-checkpoint", "n".repeat(LONGEST + 1));
  }

  @ParameterizedTest
  @MethodSource("impossible")
  void what_is_no_name_is_refused(String name) {
    assertThatThrownBy(() -> Names.check(name)).isInstanceOf(ProjectionException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "result", "x-results", "$mine", "a b/ü", "-results-of"})
  void anything_else_is_a_name(String name) {
    assertThatCode(() -> Names.check(name)).doesNotThrowAnyException();
    assertThatCode(() -> Names.check("n".repeat(LONGEST))).doesNotThrowAnyException();
  }
}
