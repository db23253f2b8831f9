// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.projections.InMemoryProjection;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.ProjectionSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The code of `docs/how-to/test-a-projection.md`, which is to be here word for word.
final class EmbeddedProjectionTest {

  private static final Path PAGE = Path.of("../docs/how-to/test-a-projection.md");
  private static final Path HERE =
      Path.of("src/test/java/io/leftfold/cli/projections/EmbeddedProjectionTest.java");

  @TempDir private Path directory;

  @Test
  void an_overdraft_is_told_of() throws IOException {
    Starter.write(directory);
    var file = directory.resolve("balances/projection.js");

    var script = new ProjectionSource("balances", Files.readString(file));
    try (var runtime = ProjectionRuntime.open();
        var projection = InMemoryProjection.of(runtime.compile(script))) {
      projection.handleAll(
          List.of(
              event(1, "account-7", 0, "Deposited", "{\"amount\":50}"),
              event(2, "account-7", 1, "Withdrawn", "{\"amount\":80}")));

      assertThat(projection.state("account-7")).isEqualTo("{\"balance\":-30}");
      assertThat(projection.emitted().getFirst().stream()).isEqualTo("overdrafts");
    }
  }

  private static RecordedEvent event(
      long position, String stream, long revision, String type, String data) {
    return new RecordedEvent(
        position,
        StreamName.of(stream),
        revision,
        new UUID(0, position),
        type,
        ContentType.JSON,
        Instant.EPOCH,
        data.getBytes(StandardCharsets.UTF_8),
        new byte[0],
        List.of());
  }

  @Test
  void the_page_shows_what_is_compiled_here() throws IOException {
    var code = lines(Files.readString(HERE));
    var blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE))
            .results()
            .map(match -> lines(match.group(1)))
            .toList();

    assertThat(blocks).hasSize(2).allSatisfy(block -> assertThat(code).contains(block));
  }

  private static String lines(String text) {
    return String.join("\n", text.lines().map(String::strip).toList());
  }
}
