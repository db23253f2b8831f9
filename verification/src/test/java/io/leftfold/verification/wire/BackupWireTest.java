// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Backups that a client asks a server for, while it is written.
final class BackupWireTest {

  private static final StreamName STREAM = StreamName.of("account-1");

  @TempDir private Path directory;
  private LocalEventStore store;
  private LeftfoldServer server;
  private RemoteEventStore remote;

  @BeforeEach
  void start() {
    store = LocalEventStore.open(directory.resolve("store"), EngineOptions.defaults());
    start(ServerOptions.insecure().withBackups(directory.resolve("backups")));
  }

  private void start(ServerOptions options) {
    server = LeftfoldServer.start(store, options.withAddress("127.0.0.1", 0));
    remote =
        RemoteEventStore.connect("kurrentdb://127.0.0.1:%d?tls=false".formatted(server.port()));
  }

  private void restart(ServerOptions options) {
    remote.close();
    server.close();
    start(options);
  }

  @AfterEach
  void stop() {
    remote.close();
    server.close();
    store.close();
  }

  private void append(int count, int bytes) {
    for (var i = 0; i < count; i++) {
      remote.append(STREAM, ExpectedState.any(), ProposedEvent.binary("Filled", new byte[bytes]));
    }
  }

  private long eventsIn(String name) {
    try (var copy = LocalEventStore.open(directory.resolve("backups").resolve(name))) {
      return copy.stats().events();
    }
  }

  @Test
  void a_server_copies_its_store_and_then_what_is_new() {
    append(10, 100);

    var first = remote.backup("nightly", _ -> {});
    append(5, 100);
    var second = remote.backup("nightly", _ -> {});

    assertThat(first.nextPosition()).isEqualTo(11);
    assertThat(second.nextPosition()).isEqualTo(16);
    assertThat(eventsIn("nightly")).isEqualTo(16);
  }

  @Test
  void how_far_it_is_is_told_meanwhile() {
    append(40, 1 << 20);
    var told = new ArrayList<Long>();

    var report = remote.backup("nightly", told::add);

    assertThat(told).isSorted().isNotEmpty();
    assertThat(told.getLast()).isLessThanOrEqualTo(report.bytesCopied());
  }

  @Test
  void who_stops_listening_ends_it_and_the_next_one_goes_on() {
    append(40, 1 << 20);

    assertThatThrownBy(() ->
            remote.backup(
                "nightly",
                _ -> {
                  throw new CancellationException("enough");
                }))
        .isInstanceOf(CancellationException.class);

    var whole = backupWhenFree();
    assertThat(whole).isEqualTo(41);
    assertThat(eventsIn("nightly")).isEqualTo(41);
  }

  /// The one that was left may still have the directory.
  private long backupWhenFree() {
    while (true) {
      try {
        return remote.backup("nightly", _ -> {}).nextPosition();
      } catch (UnavailableException e) {
        assertThat(e.reason()).isEqualTo(UnavailableException.Reason.IN_USE);
      }
    }
  }

  @Test
  void a_name_does_not_lead_out_of_the_directory() throws IOException {
    for (var name :
        new String[] {"", ".", "..", "../store", "a/b", "/tmp", ".hidden", "a".repeat(65)}) {
      assertThatThrownBy(() -> remote.backup(name, _ -> {}))
          .as("name '%s'", name)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("The name of a backup is");
    }
    assertThat(directory.resolve("backups")).doesNotExist();
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void a_server_that_was_not_told_where_makes_none() {
    restart(ServerOptions.insecure());

    assertThatThrownBy(() -> remote.backup("nightly", _ -> {}))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("--backups <directory>");
  }

  @Test
  void the_backup_of_another_store_is_not_written_over() {
    remote.backup("nightly", _ -> {});
    remote.close();
    server.close();
    store.close();
    store = LocalEventStore.open(directory.resolve("another"));
    start(ServerOptions.insecure().withBackups(directory.resolve("backups")));

    assertThatThrownBy(() -> remote.backup("nightly", _ -> {}))
        .hasMessageContaining("is the backup of another store");
  }
}
