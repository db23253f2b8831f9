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

  private static Page page(String name) throws IOException {
    var here = Path.of("").toAbsolutePath();
    var project = Files.exists(here.resolve("mvnw")) ? here : here.resolve("..");
    return Page.of(name, Files.readString(project.resolve("docs/how-to").resolve(name)));
  }

  @Test
  void what_stands_still_goes_on_as_it_says(@TempDir Path directory) throws IOException {
    var page = page("operate-projections-and-processes.md");

    assertThat(page.steps()).hasSize(6);
    new Programme(List.of(page)).check(directory, "127.0.0.1:1");
  }

  @Test
  void what_is_counted_comes_out_as_it_says(@TempDir Path directory) throws IOException {
    var page = page("count-in-excel.md");

    assertThat(page.steps()).hasSize(2);
    new Programme(List.of(page)).check(directory, "127.0.0.1:1");
  }

  @Test
  void schemas_are_kept_as_it_says(@TempDir Path directory) throws IOException {
    var page = page("schemas.md");

    assertThat(page.steps()).hasSize(5);
    try (var server = TestServer.inMemory()) {
      new Programme(List.of(page)).check(directory, "127.0.0.1:" + server.port());
    }
  }
}
