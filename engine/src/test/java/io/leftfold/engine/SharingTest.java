// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may have a directory, and when.
final class SharingTest {

  private static final String PID = "process " + ProcessHandle.current().pid();

  private static final EngineOptions READING = EngineOptions.defaults().forReadingOnly();

  @TempDir Path directory;

  /// What another process does: opens the directory and says what came of it.
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) {
      try (var store = LocalEventStore.open(Path.of(arguments[0]))) {
        System.out.println("open, process " + ProcessHandle.current().pid());
        if (System.in.read() < 0) {
          System.out.println("closing " + store.storeId());
        }
      } catch (UnavailableException refused) {
        System.out.println(refused.reason() + ": " + refused.getMessage());
      } catch (IOException e) {
        System.out.println(e);
      }
    }
  }

  private Process other() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Other.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String lineOf(Process process) throws IOException {
    return String.valueOf(process.inputReader(StandardCharsets.UTF_8).readLine());
  }

  @Test
  void a_second_store_of_this_process_is_refused_and_told_who_has_the_directory() {
    try (var first = LocalEventStore.open(directory)) {
      assertThat(first.storeId()).isNotNull();
      assertIsRefused(directory);
      assertIsRefused(directory);
    }
  }

  @Test
  void a_second_store_under_another_name_of_the_directory_is_refused() throws IOException {
    var real = Files.createDirectory(directory.resolve("real"));
    var link = Files.createSymbolicLink(directory.resolve("link"), real);
    try (var first = LocalEventStore.open(real)) {
      assertThat(first.storeId()).isNotNull();
      assertIsRefused(link);
    }
  }

  private static void assertIsRefused(Path directory) {
    assertThatThrownBy(() -> LocalEventStore.open(directory))
        .asInstanceOf(InstanceOfAssertFactories.type(UnavailableException.class))
        .satisfies(refused -> {
          assertThat(refused.reason()).isEqualTo(UnavailableException.Reason.IN_USE);
          assertThat(refused).hasMessageContaining(directory.toString());
          assertThat(refused).hasMessageContaining(PID);
        });
  }

  @Test
  void another_process_is_refused_even_when_a_second_store_of_this_one_was() throws Exception {
    try (var first = LocalEventStore.open(directory)) {
      assertThat(first.storeId()).isNotNull();
      assertIsRefused(directory);
      var other = other();
      assertThat(lineOf(other)).startsWith("IN_USE").contains(directory.toString()).contains(PID);
      assertThat(other.waitFor()).isZero();
    }
  }

  @Test
  void this_process_is_refused_while_another_has_the_directory_and_not_after_it_is_killed()
      throws Exception {
    var other = other();
    try {
      assertThat(lineOf(other)).isEqualTo("open, process " + other.pid());
      assertThatThrownBy(() -> LocalEventStore.open(directory))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("process " + other.pid());
    } finally {
      other.destroyForcibly().waitFor();
    }
    try (var store = LocalEventStore.open(directory)) {
      assertThat(store.lastPosition()).contains(0L);
    }
  }

  @Test
  void a_directory_is_free_again_when_its_store_was_closed() {
    for (var times = 0; times < 3; times++) {
      LocalEventStore.open(directory).close();
    }
    try (var store = LocalEventStore.open(directory)) {
      assertThat(store.lastPosition()).contains(0L);
    }
  }

  @Test
  void a_directory_is_free_again_when_its_store_was_closed_by_an_interrupted_thread() {
    var store = LocalEventStore.open(directory);
    Thread.currentThread().interrupt();
    try {
      store.close();
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    LocalEventStore.open(directory).close();
  }

  @Test
  void nobody_reads_or_checks_what_is_being_written() {
    try (var store = LocalEventStore.open(directory)) {
      assertThat(store.storeId()).isNotNull();
      for (var times = 0; times < 2; times++) {
        assertIsInUse(() -> LocalEventStore.open(directory, READING));
        assertIsInUse(() -> StoreCheck.check(directory, StoreCheck.Progress.none()));
      }
      assertIsRefused(directory);
    }
    assertThat(StoreCheck.check(directory, StoreCheck.Progress.none()).isSound()).isTrue();
  }

  @Test
  void nobody_of_another_process_writes_what_is_being_read() throws Exception {
    LocalEventStore.open(directory).close();
    try (var first = LocalEventStore.open(directory, READING)) {
      var second = LocalEventStore.open(directory, READING);
      assertThat(StoreCheck.check(directory, StoreCheck.Progress.none()).isSound()).isTrue();
      second.close();
      assertIsInUse(() -> LocalEventStore.open(directory));
      var other = other();
      assertThat(lineOf(other)).startsWith("IN_USE").contains("another process");
      assertThat(other.waitFor()).isZero();
      assertThat(first.lastPosition()).contains(0L);
    }
    LocalEventStore.open(directory).close();
  }

  @Test
  void nobody_reads_or_checks_what_another_process_is_writing() throws Exception {
    var other = other();
    try {
      assertThat(lineOf(other)).isEqualTo("open, process " + other.pid());
      assertThatThrownBy(() -> LocalEventStore.open(directory, READING))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("process " + other.pid());
      assertIsInUse(() -> StoreCheck.check(directory, StoreCheck.Progress.none()));
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(StoreCheck.check(directory, StoreCheck.Progress.none()).isSound()).isTrue();
  }

  @Test
  void a_copy_without_a_lock_file_is_read_and_not_changed() throws IOException {
    LocalEventStore.open(directory).close();
    var lock = directory.resolve("leftfold.lock");
    Files.delete(lock);
    try (var reader = LocalEventStore.open(directory, READING)) {
      assertThat(reader.lastPosition()).contains(0L);
    }
    assertThat(lock).doesNotExist();
  }

  private static void assertIsInUse(ThrowableAssert.ThrowingCallable opening) {
    assertThatThrownBy(opening)
        .asInstanceOf(InstanceOfAssertFactories.type(UnavailableException.class))
        .satisfies(
            refused -> assertThat(refused.reason()).isEqualTo(UnavailableException.Reason.IN_USE));
  }

  @Test
  void a_directory_without_a_store_is_not_opened_for_reading_only_nor_changed() throws IOException {
    var missing = directory.resolve("missing");
    assertHoldsNoStore(directory);
    assertHoldsNoStore(missing);
    assertThat(missing).doesNotExist();
    try (var files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  private static void assertHoldsNoStore(Path directory) {
    assertThatThrownBy(() -> LocalEventStore.open(directory, READING))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("holds no store");
    assertThatThrownBy(() -> StoreCheck.check(directory, StoreCheck.Progress.none()))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(directory.toString());
  }
}
