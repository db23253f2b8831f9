// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.running;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the launcher says before it builds, in a place where nothing can be built.
final class LauncherTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path home;

  @BeforeEach
  void install() throws IOException {
    var here = Path.of("").toAbsolutePath();
    var project = Files.exists(here.resolve("mvnw")) ? here : here.resolve("..");
    Files.copy(project.resolve("leftfold"), home.resolve("leftfold"));
    Files.writeString(home.resolve("mvnw"), "#!/bin/sh\nexit 1\n");
    assertThat(home.resolve("leftfold").toFile().setExecutable(true)).isTrue();
    assertThat(home.resolve("mvnw").toFile().setExecutable(true)).isTrue();
  }

  private String said(String... arguments) throws IOException, InterruptedException {
    var builder = new ProcessBuilder(home.resolve("leftfold").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    var process = builder.redirectErrorStream(true).start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isNotZero();
    return said;
  }

  private void isBuilt(String module) throws IOException {
    var _ = Files.createDirectories(home.resolve(module).resolve("target/leftfold/lib"));
  }

  @Test
  void where_nothing_is_built_it_says_so_and_how_long_that_takes() throws Exception {
    assertThat(said("serve")).contains("(nothing is built yet: takes about a minute");
  }

  @Test
  void where_something_else_is_built_it_says_what_is_not() throws Exception {
    isBuilt("cli");

    assertThat(said("example", "bank-account")).contains("(bank-account is not built yet)");
    assertThat(said("serve")).contains("(its sources are newer than the last build)");
  }
}
