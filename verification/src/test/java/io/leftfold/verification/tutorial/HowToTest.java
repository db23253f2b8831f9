// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a how-to shows in Java compiles, runs, and prints what it says.
final class HowToTest {

  @Test
  void schemas_are_kept_as_it_says(@TempDir Path directory) throws IOException {
    var here = Path.of("").toAbsolutePath();
    var project = Files.exists(here.resolve("mvnw")) ? here : here.resolve("..");
    var page = Page.of("schemas.md", Files.readString(project.resolve("docs/how-to/schemas.md")));

    assertThat(page.steps()).hasSize(5);
    try (var server = TestServer.inMemory()) {
      new Programme(List.of(page)).check(directory, "127.0.0.1:" + server.port());
    }
  }
}
