// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// The page about options says what the options say.
class ConfigurationReferenceTest {

  private static final Path PAGE = Path.of("../docs/reference/configuration.md");

  @Test
  void the_page_has_the_table_that_follows_from_the_definitions() throws IOException {
    assertThat(Files.readString(PAGE)).as("the table is to be\n%s", table()).contains(table());
  }

  private static String table() {
    return "| option | value | default | what it does | in KurrentDB |\n|---|---|---|---|---|\n"
        + Arrays.stream(ServerOption.values())
            .map(ConfigurationReferenceTest::row)
            .collect(Collectors.joining());
  }

  private static String row(ServerOption option) {
    return "| `%s` | `%s` | %s | %s | %s |\n"
        .formatted(
            option.key(),
            option.kind().label().replace("|", "\\|"),
            option.defaultValue().isEmpty() ? "" : "`" + option.defaultValue() + "`",
            option.description().replace("<", "\\<"),
            option.counterparts().stream()
                .map(counterpart -> "`" + counterpart.name() + "`")
                .collect(Collectors.joining(", ")));
  }
}
