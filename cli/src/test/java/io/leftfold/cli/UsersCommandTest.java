// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.Authentication;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.Security;
import io.leftfold.server.ServerOptions;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// `leftfold users` and `leftfold access` against a server. Passwords are piped in.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // Set before all tests.
final class UsersCommandTest {

  private LocalEventStore store;
  private LeftfoldServer server;
  private TestShell shell;

  @BeforeAll
  void start(@TempDir Path directory) {
    store = LocalEventStore.inMemory();
    server =
        LeftfoldServer.start(
            store,
            ServerOptions.insecure()
                .withAddress("127.0.0.1", 0)
                .withSecurity(
                    Security.plaintextWithUsers(
                        Authentication.defaults().withPasswordRounds(1000))));
    shell = new TestShell(directory);
  }

  @AfterAll
  void stop() {
    server.close();
    store.close();
  }

  private String as(String user) {
    return "kurrentdb://%s@127.0.0.1:%d?tls=false&defaultDeadline=60000"
        .formatted(user, server.port());
  }

  private TestShell.Result admin(String moreLines, String... arguments) {
    var all = java.util.Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--connect";
    all[arguments.length + 1] = as("admin");
    return shell.runWith("changeit\n" + moreLines, all);
  }

  @Test
  void a_user_is_made_changed_and_taken_away() {
    assertThat(admin("s3cret\n", "users", "create", "jo", "--group", "sales").out())
        .isEqualTo("Made user jo.\n");
    assertThat(admin("", "users", "list").out()).contains("admin", "$admins", "jo", "sales");
    assertThat(admin("", "users", "update", "jo", "--name", "Jo Doe").code()).isZero();
    assertThat(admin("", "users", "show", "jo").out())
        .contains("\"full-name\":\"Jo Doe\"", "\"groups\":[\"sales\"]");
    assertThat(admin("", "users", "disable", "jo").code()).isZero();
    assertThat(admin("", "users", "show", "jo").out()).contains("\"disabled\":true");
    assertThat(admin("", "users", "enable", "jo").code()).isZero();

    var changed = shell.runWith("s3cret\nother\n", "users", "passwd", "jo", "--connect", as("jo"));
    assertThat(changed.out()).isEqualTo("Changed the password of jo.\n");
    var token = shell.runWith("other\n", "users", "token", "--connect", as("jo"));
    assertThat(token.lines()).hasSize(1);
    assertThat(token.lines().getFirst()).matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");

    assertThat(admin("", "users", "delete", "jo").out()).isEqualTo("Took away user jo.\n");
    var gone = admin("", "users", "show", "jo");
    assertThat(gone.code()).isEqualTo(ExitCode.USAGE);
    assertThat(gone.err()).contains("User 'jo' is not found.");
  }

  @Test
  void a_right_is_explained() {
    var explained = admin("", "access", "explain", "ops", "read", "$all");

    assertThat(explained.out())
        .isEqualTo(
            "ops may not read $all: nothing else is said in the stream's metadata or in $settings, so the default holds ($r: [$admins]); ops is in $ops.\n");
    assertThat(admin("", "access", "explain", "ops", "write", "order-1", "--json").out())
        .contains("\"granted\":true");
  }

  @Test
  void whoever_is_not_let_in_is_told_what_to_do() {
    var wrong = shell.runWith("wrong\n", "users", "list", "--connect", as("admin"));
    assertThat(wrong.code()).isEqualTo(ExitCode.FAILED);
    assertThat(wrong.err()).contains("One of them is wrong").doesNotContain("wrong\n\n");

    var denied = shell.runWith("changeit\n", "users", "list", "--connect", as("ops"));
    assertThat(denied.err()).contains("ops has not the right", "leftfold access explain");

    var none = shell.run("users", "list", "--connect", as("admin"));
    assertThat(none.code()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("LEFTFOLD_PASSWORD");
  }

  @Test
  void other_commands_take_a_user_the_same_way() {
    var stats = shell.runWith("changeit\n", "stats", "--connect", as("ops"));

    assertThat(stats.code()).isZero();
    assertThat(stats.out()).contains("events");
  }
}
