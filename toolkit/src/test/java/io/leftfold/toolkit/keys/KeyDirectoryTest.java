// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeyDirectoryTest {

  private static final Subject ANN = Subject.of("customer-7");
  private static final Subject BOB = Subject.of("customer/8 …");
  private static final byte[] PLAIN = "Ann Other".getBytes(UTF_8);
  private static final byte[] HERE = "here".getBytes(UTF_8);

  private final SecureRandom random = new SecureRandom();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @BeforeEach
  void create() {
    KeyDirectory.create(folder.resolve("keys"), random).close();
  }

  private KeyDirectory open() {
    return KeyDirectory.open(folder.resolve("keys"), random);
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder.resolve("keys"))) {
      return files.sorted().toList();
    }
  }

  private List<Path> files(String kind) throws IOException {
    return files().stream().filter(file -> file.toString().endsWith(kind)).toList();
  }

  @Test
  void what_was_sealed_is_opened_after_a_new_start() throws IOException {
    byte[] sealed;
    try (var keys = open()) {
      sealed = keys.seal(ANN, PLAIN, HERE);
      assertThat(keys.seal(ANN, PLAIN, HERE)).isNotEqualTo(sealed);
      keys.seal(BOB, PLAIN, HERE);
    }
    try (var keys = open()) {
      assertThat(keys.open(ANN, sealed, HERE)).contains(PLAIN);
      assertThatThrownBy(() -> keys.open(BOB, sealed, HERE))
          .isInstanceOf(BrokenSealException.class);
      assertThatThrownBy(() -> keys.open(ANN, sealed, PLAIN))
          .isInstanceOf(BrokenSealException.class);
    }
    assertThat(files(".key")).hasSize(2);
  }

  @Test
  void erased_is_erased_after_a_new_start_too() throws IOException {
    byte[] sealed;
    try (var keys = open()) {
      sealed = keys.seal(ANN, PLAIN, HERE);
      assertThat(keys.erase(ANN)).isTrue();
      assertThat(keys.erase(ANN)).isFalse();
      assertThat(keys.open(ANN, sealed, HERE)).isEmpty();
    }
    try (var keys = open()) {
      assertThat(keys.open(ANN, sealed, HERE)).isEmpty();
      assertThatThrownBy(() -> keys.seal(ANN, PLAIN, HERE))
          .isInstanceOf(SubjectErasedException.class);
      assertThat(keys.erase(ANN)).isFalse();
    }
    assertThat(files(".key")).isEmpty();
  }

  @Test
  void who_was_never_heard_of_can_be_erased() {
    try (var keys = open()) {
      assertThat(keys.erase(ANN)).isTrue();
      assertThatThrownBy(() -> keys.seal(ANN, PLAIN, HERE))
          .isInstanceOf(SubjectErasedException.class);
    }
  }

  @Test
  void a_key_that_is_gone_is_no_erasure() throws IOException {
    try (var keys = open()) {
      keys.seal(ANN, PLAIN, HERE);
    }
    Files.delete(files(".key").getFirst());
    try (var keys = open()) {
      assertThatThrownBy(() -> keys.open(ANN, PLAIN, HERE))
          .isInstanceOf(BrokenSealException.class)
          .hasMessageContaining("no key of customer-7");
    }
  }

  @Test
  void no_byte_of_a_key_file_can_be_changed_or_missing() throws IOException {
    try (var keys = open()) {
      keys.seal(ANN, PLAIN, HERE);
    }
    var file = files(".key").getFirst();
    var bytes = Files.readAllBytes(file);
    for (var at = 0; at < bytes.length; at++) {
      var flipped = bytes.clone();
      flipped[at] ^= 1;
      Files.write(file, flipped);
      assertDamaged();
      Files.write(file, Arrays.copyOf(bytes, at));
      assertDamaged();
    }
  }

  /// Neither is there a new key in the place of a damaged one. What is left of it can be destroyed.
  private void assertDamaged() throws IOException {
    try (var keys = open()) {
      assertThatThrownBy(() -> keys.open(ANN, PLAIN, HERE)).hasMessageContaining("is damaged");
      assertThatThrownBy(() -> keys.seal(ANN, PLAIN, HERE)).hasMessageContaining("is damaged");
      assertThat(keys.erase(ANN)).isTrue();
      assertThat(keys.open(ANN, PLAIN, HERE)).isEmpty();
      assertThat(files(".key")).isEmpty();
    }
    Files.delete(files(".erased").getFirst());
  }

  @Test
  void one_has_a_directory_at_a_time() {
    var keys = open();
    assertThatIllegalStateException().isThrownBy(this::open).withMessageContaining("open already");
    keys.close();
    keys.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> keys.seal(ANN, PLAIN, HERE))
        .withMessageContaining("closed");
    open().close();
  }

  /// Says whether it could open the keys.
  static final class Other {
    private Other() {}

    public static void main(String[] arguments) {
      try (var keys = KeyDirectory.open(Path.of(arguments[0]), new SecureRandom())) {
        keys.seal(BOB, PLAIN, HERE);
        System.out.println("open");
      } catch (IllegalStateException refused) {
        System.out.println(refused.getMessage());
      }
    }
  }

  private String otherProcess() throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Other.class.getName(),
                folder.resolve("keys").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var said = process.inputReader(UTF_8)) {
      return String.valueOf(said.readLine());
    }
  }

  @Test
  void another_process_is_refused_also_behind_a_mistake_in_this_one() throws IOException {
    try (var keys = open()) {
      assertThat(otherProcess()).contains("open already");

      assertThatIllegalStateException().isThrownBy(this::open);
      var link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("keys"));
      assertThatIllegalStateException().isThrownBy(() -> KeyDirectory.open(link, random));

      assertThat(otherProcess()).contains("open already");
      assertThat(keys.seal(ANN, PLAIN, HERE)).isNotEmpty();
    }
    assertThat(otherProcess()).isEqualTo("open");
  }

  @Test
  void a_key_is_not_replaced_by_another() throws IOException {
    var first = new byte[Aes.KEY_BYTES];
    try (var files = KeyFiles.open(folder.resolve("keys"), () -> {})) {
      files.keep(ANN, first);
      assertThatIllegalStateException()
          .isThrownBy(() -> files.keep(ANN, Aes.newKey(random)))
          .withMessageContaining("there is one already");
      assertThat(files.find(ANN))
          .isInstanceOfSatisfying(
              KeyStorage.Found.Key.class, key -> assertThat(key.bytes()).isEqualTo(first));
    }
    open().close();
    assertThat(files(".new")).isEmpty();
    assertThat(files(".key")).hasSize(1);
  }

  @Test
  void a_key_that_is_destroyed_is_overwritten() throws IOException {
    try (var keys = open()) {
      keys.seal(ANN, PLAIN, HERE);
      var sameBytes = Files.createLink(folder.resolve("same"), files(".key").getFirst());
      keys.erase(ANN);

      assertThat(Files.readAllBytes(sameBytes)).containsOnly(0);
    }
  }

  @Test
  void nobody_but_the_owner_reads_keys() throws IOException {
    try (var keys = open()) {
      keys.seal(ANN, PLAIN, HERE);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("keys"))))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(files(".key").getFirst())))
        .isEqualTo("rw-------");
  }

  @Test
  void a_directory_is_made_once_and_may_be_far_from_there() {
    var far = folder.resolve("a/b/keys");
    byte[] sealed;
    try (var keys = KeyDirectory.create(far, random)) {
      sealed = keys.seal(ANN, PLAIN, HERE);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> KeyDirectory.create(far, random))
        .withMessageContaining("there already; open");
    try (var keys = KeyDirectory.open(far, random)) {
      assertThat(keys.open(ANN, sealed, HERE)).contains(PLAIN);
    }
  }

  @Test
  void no_keys_are_made_where_a_volume_is_not_mounted() throws IOException {
    var mount = folder.resolve("volume");
    assertThatIllegalStateException()
        .isThrownBy(() -> KeyDirectory.open(mount, random))
        .withMessageContaining("is the volume mounted?");
    assertThat(mount).doesNotExist();
    Files.createDirectory(mount);
    assertThatIllegalStateException()
        .isThrownBy(() -> KeyDirectory.open(mount, random))
        .withMessageContaining("KeyDirectory.create");
    assertThat(mount).isEmptyDirectory();
  }

  // ---- dying

  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private KeyDirectory dyingAfter(int steps) {
    var left = new AtomicInteger(steps);
    return KeyDirectory.open(
        folder.resolve("keys"),
        random,
        () -> {
          if (left.decrementAndGet() == 0) {
            throw new Died();
          }
        });
  }

  @Test
  void who_dies_while_making_a_key_leaves_a_whole_one_or_none() throws IOException {
    var steps = 1;
    for (var done = false; !done; steps++) {
      try (var keys = dyingAfter(steps)) {
        keys.seal(ANN, PLAIN, HERE);
        done = true;
      } catch (Died _) {
        // As it was wanted.
      }
      try (var keys = open()) {
        var sealed = keys.seal(ANN, PLAIN, HERE);
        assertThat(keys.open(ANN, sealed, HERE)).contains(PLAIN);
      }
      assertThat(files(".new")).isEmpty();
      Files.delete(files(".key").getFirst());
    }
    assertThat(steps).isGreaterThan(3);
  }

  @Test
  void who_dies_while_erasing_has_erased_or_not_and_nobody_makes_another_key() throws IOException {
    var steps = 1;
    for (var done = false; !done; steps++) {
      byte[] sealed;
      var subject = Subject.of("customer-" + steps);
      try (var keys = open()) {
        sealed = keys.seal(subject, PLAIN, HERE);
      }
      try (var keys = dyingAfter(steps)) {
        keys.erase(subject);
        done = true;
      } catch (Died _) {
        // As it was wanted.
      }
      var isMarked = !files(".erased").isEmpty();
      try (var keys = open()) {
        if (isMarked) {
          assertThat(files(".key")).isEmpty();
          assertThat(keys.open(subject, sealed, HERE)).isEmpty();
          assertThatThrownBy(() -> keys.seal(subject, PLAIN, HERE))
              .isInstanceOf(SubjectErasedException.class);
        } else {
          assertThat(keys.open(subject, sealed, HERE)).contains(PLAIN);
          keys.erase(subject);
        }
        assertThat(keys.open(subject, sealed, HERE)).isEmpty();
      }
      assertThat(files(".key")).isEmpty();
      assertThat(files(".new")).isEmpty();
      for (var mark : files(".erased")) {
        Files.delete(mark);
      }
    }
    assertThat(steps).isGreaterThan(6);
  }
}
