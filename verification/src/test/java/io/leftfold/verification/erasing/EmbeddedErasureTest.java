// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.erasing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.Erasure;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.Outcome;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Snapshots;
import io.leftfold.toolkit.keys.KeyDirectory;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store and keys in directories: what is personal is in no file of either, before it is erased
/// and afterwards; and once it is, no key is left that opens it.
final class EmbeddedErasureTest {

  private static final Boundary<Named> STREAM = Boundary.stream(StreamName.of("contact-1"));

  record Named(String customer, Personal<String> name) {}

  private static final EventTypes<Named> TYPES =
      EventTypes.of(Named.class)
          .type("CustomerNamed", 1, Named.class, JsonBinding.jackson(Named.class))
          .personal(Named.class, named -> Subject.of(named.customer()), "name")
          .build();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  /// The last name is the state.
  private static CommandHandler<String, Named, Named, String> handler(
      EventStore store, SubjectKeys keys) {
    Decider<String, Named, Named, String> decider =
        Decider.of(
            new Named("", Personal.erased()),
            (name, _) -> Decision.accept(new Named("customer-7", Personal.of(name))),
            (_, event) -> event);
    var binding =
        JsonBinding.jackson(Named.class)
            .sealing(keys, named -> Subject.of(named.customer()), "name");
    return CommandHandler.of(store, decider, TYPES.with(keys), (String _) -> STREAM)
        .with(Snapshots.of("contacts", 1, binding).everyEvents(2));
  }

  private List<String> files() throws IOException {
    try (var files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith("lock"))
          .map(file -> {
            try {
              return Files.readString(file, ISO_8859_1);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          })
          .toList();
    }
  }

  private LocalEventStore store() {
    return LocalEventStore.open(directory.resolve("store"));
  }

  private KeyDirectory keys() {
    return KeyDirectory.open(directory.resolve("keys"), new SecureRandom());
  }

  @Test
  void no_file_holds_what_is_personal_and_afterwards_none_holds_its_key() throws IOException {
    KeyDirectory.create(directory.resolve("keys"), new SecureRandom()).close();
    var id = CommandId.of("first");
    String key;
    try (var store = store();
        var keys = keys()) {
      var handler = handler(store, keys);
      handler.handle(id, "Ann Other");
      handler.handle("Ann Otherwise");
      handler.handle("Ann Otherwise");
      handler.handle("Ann Otherwise");
      assertThat(handler.state(STREAM).name()).isEqualTo(Personal.of("Ann Otherwise"));
    }
    try (var files = Files.newDirectoryStream(directory.resolve("keys"), "*.key")) {
      var bytes = Files.readAllBytes(files.iterator().next());
      key = new String(bytes, 6, 32, ISO_8859_1);
    }
    assertThat(files())
        .anyMatch(file -> file.contains(key))
        .anyMatch(file -> file.contains("$snapshot"))
        .noneMatch(file -> file.contains("Ann Other"));

    try (var store = store();
        var keys = keys()) {
      var handler = handler(store, keys);
      var again = handler.handle(id, "Ann Other");
      assertThat(again)
          .isEqualTo(
              new Outcome.Accepted<Named, String>(
                  1, List.of(new Named("customer-7", Personal.of("Ann Other"))), true));
      var report = Erasure.of(store, keys).erase(Subject.of("customer-7"), "request 4711");
      assertThat(report.unreadable()).hasSize(1);
      assertThat(report.unreadable().getFirst().events()).isEqualTo(4);
      assertThat(handler.state(STREAM).name()).isEqualTo(Personal.erased());
    }
    try (var store = store();
        var keys = keys()) {
      assertThat(handler(store, keys).state(STREAM))
          .isEqualTo(new Named("customer-7", Personal.erased()));
      assertThat(Erasure.of(store, keys).resume()).isEmpty();
    }
    assertThat(files())
        .as("key in %s", HexFormat.of().formatHex(key.getBytes(ISO_8859_1)))
        .noneMatch(file -> file.contains(key))
        .noneMatch(file -> file.contains("Ann Other"));
  }
}
