// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `leftfold groups`, against a server in this process.
final class GroupsCommandTest {

  private static final long LOOK_AGAIN_NANOS = 5_000_000;

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init")
  private TestShell shell;

  @SuppressWarnings("NullAway.Init")
  private LocalEventStore store;

  @SuppressWarnings("NullAway.Init")
  private LeftfoldServer server;

  @BeforeEach
  void serve() {
    shell = new TestShell(directory);
    store = LocalEventStore.open(directory);
    server = LeftfoldServer.start(store, ServerOptions.insecure().withAddress("127.0.0.1", 0));
    store.append(
        StreamName.of("orders"),
        ExpectedState.any(),
        ProposedEvent.json("Placed", "{\"n\":1}"),
        ProposedEvent.json("Placed", "{\"n\":2}"));
    var deadline = System.nanoTime() + 20_000_000_000L;
    while (groups("list").code() != ExitCode.OK) {
      assertThat(System.nanoTime()).as("groups run").isLessThan(deadline);
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  @AfterEach
  void close() {
    server.close();
    store.close();
  }

  private TestShell.Result groups(String... arguments) {
    return shell.run(
        Stream.of(
                Stream.of("groups"),
                Arrays.stream(arguments),
                Stream.of(
                    "--connect", "kurrentdb://127.0.0.1:%d?tls=false".formatted(server.port())))
            .flatMap(words -> words)
            .toArray(String[]::new));
  }

  @Test
  void a_group_is_made_shown_changed_and_deleted() {
    assertThat(groups("list").err()).contains("No groups");
    assertThat(groups("create", "orders", "mailer", "--max-retries", "3").out())
        .isEqualTo("Group mailer of orders is there.\n");
    assertThat(groups("create", "$all", "watcher", "--type-prefix", "Pl,Can").code()).isZero();

    assertThat(groups("list").lines()).hasSize(3);
    assertThat(
            groups(
                    "update",
                    "orders",
                    "mailer",
                    "--strategy",
                    "Pinned",
                    "--message-timeout",
                    "5000")
                .code())
        .isZero();
    var shown = JsonMapper.shared().readTree(groups("show", "orders", "mailer", "--json").out());
    assertThat(shown.path("strategy").asString()).isEqualTo("Pinned");
    assertThat(shown.path("max-retries").asInt()).isEqualTo(3);
    assertThat(shown.path("message-timeout").asInt()).isEqualTo(5000);
    assertThat(shown.path("last").asString()).isEqualTo("1");

    assertThat(groups("restart").code()).isZero();
    assertThat(groups("delete", "orders", "mailer").code()).isZero();
    var gone = groups("show", "orders", "mailer");
    assertThat(gone.code()).isEqualTo(ExitCode.FAILED);
    assertThat(gone.err())
        .contains("Subscription group mailer on stream orders does not exist.")
        .doesNotContain("should not happen");
  }

  @Test
  void parked_events_are_shown_and_forgotten() {
    assertThat(groups("create", "orders", "mailer").code()).isZero();
    store.append(
        StreamName.of("$persistentsubscription-orders::mailer-parked"),
        ExpectedState.any(),
        ProposedEvent.link(StreamName.of("orders"), 1).withMetadata("{\"reason\":\"by hand\"}"));

    assertThat(groups("parked", "orders", "mailer").out()).contains("Placed", "by hand");
    assertThat(groups("parked", "orders", "mailer", "--json").out()).contains("{\\\"n\\\":2}");
    assertThat(groups("replay", "orders", "mailer", "--only", "0", "--up-to", "1").code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(groups("truncate", "orders", "mailer", "--up-to", "1").code()).isZero();
    assertThat(groups("parked", "orders", "mailer").err()).contains("No parked events");
  }
}
