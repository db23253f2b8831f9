// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Scripts that run away or mean harm. The first line of each says what is to come of it: a fault
/// when it is compiled (`definition`), when it takes an event (`fault`) or when its state is saved
/// (`save`), or no harm and this state. A neighbour in the same runtime is to see nothing of it.
final class HostileScriptsTest {

  private static final Path SCRIPTS = Path.of("src/test/resources/hostile");
  private static final ProjectionRuntime RUNTIME = ProjectionRuntime.open();
  private static final ProjectionLimits LIMITS =
      ProjectionLimits.DEFAULT
          .withTimes(Duration.ofMillis(500), Duration.ofMillis(150))
          .withAllocatedBytes(128 << 20)
          .withStateChars(1 << 20)
          .withEmitted(1000, 1 << 20);
  private static final InMemoryProjection NEIGHBOUR =
      InMemoryProjection.of(
          RUNTIME.compile(
              new ProjectionSource(
                  "neighbour",
                  """
                  fromAll().when({
                    $init: () => ({ n: 0 }),
                    Go(s, e) { s.n += JSON.parse(JSON.stringify([e.data.n].map(x => x)))[0]; },
                  })
                  """),
              LIMITS.withTimes(Duration.ofSeconds(20), Duration.ofSeconds(20))));
  private static int neighboursEvents;

  @AfterAll
  static void close() {
    NEIGHBOUR.close();
    RUNTIME.close();
  }

  static List<String> scripts() throws IOException {
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void a_hostile_script_harms_nobody_but_itself(String name) throws IOException {
    var text = Files.readString(SCRIPTS.resolve(name));
    var expected = text.lines().findFirst().orElseThrow().substring(3).split(": ", 2);
    var source = new ProjectionSource(name, text);
    var event = new Events().json("a-1", "Go", "{\"n\":1}").all().getFirst();
    // A machine with much else to do is not to make a matter of time of what is none. What goes on
    // for ever takes longer than these, too.
    var limits =
        expected[1].contains("TIME")
            ? LIMITS
            : LIMITS.withTimes(Duration.ofSeconds(20), Duration.ofSeconds(20));

    switch (expected[0]) {
      case "definition" -> fails(expected[1], () -> RUNTIME.compile(source, limits));
      case "fault" -> {
        try (var fold = RUNTIME.compile(source, limits).fold()) {
          fails(expected[1], () -> fold.handle(event));
          assertThat(fold.unsavedEvents()).isZero();
          assertThat(fold.state("")).isEmpty();
        }
      }
      case "save" -> {
        try (var fold = RUNTIME.compile(source, limits).fold()) {
          fold.handle(event);
          fails(expected[1], fold::save);
        }
      }
      case "harmless" -> {
        try (var fold = RUNTIME.compile(source, limits).fold()) {
          fold.handle(event);
          assertThat(fold.save().partitions()).containsEntry("", expected[1]);
        }
      }
      default -> throw new IllegalStateException("What is to come of " + name + "?");
    }
    NEIGHBOUR.handle(event);
    assertThat(NEIGHBOUR.state("")).isEqualTo("{\"n\":%d}".formatted(++neighboursEvents));
  }

  private static void fails(String kinds, Runnable work) {
    var thrown = catchThrowableOfType(ProjectionFaultException.class, work::run);
    assertThat(thrown).as("a fault of the kind " + kinds).isNotNull();
    assertThat(kinds.split(" or ")).contains(thrown.fault().kind().name());
  }
}
