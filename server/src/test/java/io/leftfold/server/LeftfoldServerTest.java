// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LeftfoldServerTest {

  @Test
  void the_version_is_that_of_the_build() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<version>%s</version>".formatted(LeftfoldServer.VERSION));
  }
}
