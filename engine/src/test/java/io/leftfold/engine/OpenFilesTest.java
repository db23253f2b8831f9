// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OpenFilesTest {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final StreamName STREAM = StreamName.of("account-1");
  private static final EngineOptions SMALL_CHUNKS =
      EngineOptions.defaults().withDurability(Durability.OS).withChunkBytesMax(4096);

  @TempDir Path directory;

  @Test
  void a_store_of_many_chunks_keeps_few_files_open() throws IOException {
    assumeTrue(Files.isDirectory(DESCRIPTORS), "counts descriptors where the system shows them");
    try (var store = LocalEventStore.open(directory, SMALL_CHUNKS)) {
      for (var i = 0; i < 300; i++) {
        store.append(STREAM, ExpectedState.any(), ProposedEvent.binary("Opened", new byte[1024]));
      }
      assertThat(store.stats().chunks()).isGreaterThan(50);
      assertThat(openFiles()).isLessThanOrEqualTo(2);
    }

    try (var store = LocalEventStore.open(directory, SMALL_CHUNKS)) {
      assertThat(openFiles()).isLessThanOrEqualTo(2);
      assertThat(store.read(STREAM, ReadOptions.forwards()).events())
          .extracting(event -> (int) event.revision())
          .isEqualTo(IntStream.range(0, 300).boxed().toList());
    }
  }

  /// How many descriptors of this process lead into the directory.
  private long openFiles() throws IOException {
    try (var descriptors = Files.list(DESCRIPTORS)) {
      return descriptors.filter(this::leadsHere).count();
    }
  }

  private boolean leadsHere(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(directory.toRealPath());
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}
