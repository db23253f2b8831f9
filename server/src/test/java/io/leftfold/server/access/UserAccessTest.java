// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Users of a store in memory, with hashes that cost little.
final class UserAccessTest {

  private static final String PEER = "10.0.0.1";
  private static final StreamName LEDGER = StreamName.of("ledger-1");

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final UserAccess users = begun();

  private UserAccess begun() {
    var access =
        new UserAccess(
            store,
            new UserAccess.Options(Optional.empty(), Optional.of("chosen"), false, false, 10),
            new UserAccess.Surroundings(
                clock, new Random(1), UUID::randomUUID, Thread.ofVirtual().factory(), 2));
    access.begin();
    return access;
  }

  @AfterEach
  void close() {
    users.close();
    store.close();
  }

  private static Optional<String> basic(String user, String password) {
    return Optional.of(
        "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)));
  }

  private Caller login(String user, String password) throws NotAuthenticatedException {
    return users.authenticate(basic(user, password), PEER);
  }

  private Audit.Entry entry() {
    return users.audit().entry(Caller.trusted(), PEER, "test", "test");
  }

  private void make(String name, String... groups) {
    users.withDefaultPassword().join();
    users.create(name, "right", name, List.of(groups), entry());
  }

  @Test
  void a_new_store_gets_its_first_users_once() throws NotAuthenticatedException {
    assertThat(users.withDefaultPassword().join()).containsExactly("admin");
    assertThat(login("admin", "changeit").name()).isEqualTo("admin");
    assertThat(login("ops", "chosen").name()).isEqualTo("ops");
    assertThat(users.all())
        .extracting(UserDetails::groups)
        .containsExactly(List.of("$admins"), List.of("$ops"));

    var before = store.lastPosition();
    try (var again = begun()) {
      assertThat(again.withDefaultPassword().join()).containsExactly("admin");
      assertThat(store.lastPosition()).isEqualTo(before);
    }
  }

  @Test
  void whoever_is_wrong_is_not_told_why() {
    make("jo");
    users.create("gone", "right", "", List.of(), entry());
    users.enable("gone", false, entry());

    for (var attempt :
        List.of(basic("jo", "wrong"), basic("nobody", "right"), basic("gone", "right"))) {
      assertThatThrownBy(() -> users.authenticate(attempt, PEER))
          .isInstanceOf(NotAuthenticatedException.class);
    }
    for (var header : List.of("", "Basic", "Basic !!!", "Basic am8=", "Digest x", "Bearer x.y.z")) {
      assertThatThrownBy(() -> users.authenticate(Optional.of(header), PEER))
          .isInstanceOf(NotAuthenticatedException.class);
    }
  }

  @Test
  void a_login_is_known_until_the_password_changes() throws NotAuthenticatedException {
    make("jo");
    assertThat(users.known(basic("jo", "right"))).isEmpty();
    var jo = login("jo", "right");
    assertThat(users.known(basic("jo", "right"))).contains(jo);

    users.resetPassword("jo", "other", entry());

    assertThat(users.known(basic("jo", "right"))).isEmpty();
    assertThatThrownBy(() -> login("jo", "right")).isInstanceOf(NotAuthenticatedException.class);
    assertThat(login("jo", "other").name()).isEqualTo("jo");
  }

  @Test
  void a_login_is_known_until_the_user_is_disabled_or_gone() throws NotAuthenticatedException {
    make("jo");
    login("jo", "right");
    users.enable("jo", false, entry());
    assertThat(users.known(basic("jo", "right"))).isEmpty();

    users.enable("jo", true, entry());
    login("jo", "right");
    users.delete("jo", entry());
    assertThat(users.known(basic("jo", "right"))).isEmpty();
    assertThatThrownBy(() -> users.details("jo")).isInstanceOf(UserProblemException.class);

    make("jo");
    assertThat(login("jo", "right").name()).isEqualTo("jo");
  }

  @Test
  void a_token_holds_until_the_password_changes_and_begets_none() throws NotAuthenticatedException {
    make("jo");
    var token =
        Optional.of("Bearer " + users.token(login("jo", "right"), Duration.ofHours(1)).text());
    var byToken = users.authenticate(token, PEER);
    assertThat(byToken.name()).isEqualTo("jo");
    assertThat(users.known(token)).contains(byToken);
    assertThat(users.decide(byToken, Right.OnNode.GET_TOKEN).granted()).isFalse();

    users.resetPassword("jo", "right", entry());

    assertThat(users.known(token)).isEmpty();
    assertThatThrownBy(() -> users.authenticate(token, PEER))
        .isInstanceOf(NotAuthenticatedException.class);
  }

  @Test
  void a_token_ends_even_if_it_is_known() throws NotAuthenticatedException {
    make("jo");
    var token =
        Optional.of("Bearer " + users.token(login("jo", "right"), Duration.ofHours(1)).text());
    users.authenticate(token, PEER);
    clock.advance(Duration.ofHours(1));

    assertThat(users.known(token)).isEmpty();
    assertThatThrownBy(() -> users.authenticate(token, PEER))
        .isInstanceOf(NotAuthenticatedException.class);
  }

  @Test
  void a_hash_of_kurrentdb_is_taken_and_replaced() throws NotAuthenticatedException {
    users.withDefaultPassword().join();
    // PBKDF2-HMAC-SHA1, 1000 rounds, of "old password" with the salt 0123456789abcdef.
    var json =
        "{\"loginName\":\"old\",\"fullName\":\"Old\",\"salt\":\"MDEyMzQ1Njc4OWFiY2RlZg==\",\"hash\":\"w1YtB2prOlb+9gFDISbys0WE1tE=\",\"disabled\":false,\"groups\":[\"accounting\"]}";
    store.append(
        StreamName.of("$user-old"),
        ExpectedState.noStream(),
        ProposedEvent.json("$UserCreated", json));

    assertThatThrownBy(() -> login("old", "wrong")).isInstanceOf(NotAuthenticatedException.class);
    var old = login("old", "old password");
    assertThat(((Caller.User) old).groups()).containsExactly("accounting");

    var last =
        store
            .read(StreamName.of("$user-old"), ReadOptions.backwards().limit(1))
            .events()
            .getFirst();
    assertThat(last.type()).isEqualTo("$UserUpdated");
    assertThat(last.dataAsText())
        .contains("\"algorithm\":\"PBKDF2WithHmacSHA512\"", "\"iterations\":10", "\"Old\"");
    assertThat(users.known(basic("old", "old password"))).contains(old);
    assertThat(login("old", "old password")).isEqualTo(old);
  }

  @Test
  void guessing_is_slow_and_others_do_not_notice() throws NotAuthenticatedException {
    make("jo");
    make("ann");
    login("ann", "right");
    for (var i = 0; i < 5; i++) {
      assertThatThrownBy(() -> login("jo", "wrong")).isInstanceOf(NotAuthenticatedException.class);
    }

    assertThatThrownBy(() -> login("jo", "right"))
        .isInstanceOf(NotAuthenticatedException.class)
        .hasMessageContaining("Too many");
    assertThat(users.known(basic("ann", "right"))).isPresent();
    assertThat(users.authenticate(basic("admin", "changeit"), "10.0.0.2").name())
        .isEqualTo("admin");
    clock.advance(Duration.ofMinutes(1));
    assertThat(login("jo", "right").name()).isEqualTo("jo");
  }

  @Test
  void many_calls_at_once_with_the_same_password_are_one_login() throws Exception {
    make("jo");
    try (var calls = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      var logins =
          java.util.stream.Stream.generate(() -> calls.submit(() -> login("jo", "right")))
              .limit(100)
              .toList();
      for (var login : logins) {
        assertThat(login.get().name()).isEqualTo("jo");
      }
    }
  }

  @Test
  void a_changed_list_counts_for_the_next_question() throws NotAuthenticatedException {
    make("jo", "accounting");
    var jo = login("jo", "right");
    var read = new Right.OnStream(Acl.Action.READ, LEDGER);
    for (var i = 0; i < 50; i++) {
      store.writeMetadata(
          LEDGER,
          ExpectedState.any(),
          StreamMetadata.none()
              .withAcl(new Acl(Map.of(Acl.Action.READ, List.of(i % 2 == 0 ? "accounting" : "x")))));
      assertThat(users.decide(jo, read).granted()).isEqualTo(i % 2 == 0);
    }
  }

  @Test
  void groups_of_this_moment_count() throws NotAuthenticatedException {
    make("jo", "$ops");
    var jo = login("jo", "right");
    assertThat(users.decide(jo, Right.OnNode.OPERATE).granted()).isTrue();

    users.update("jo", "Jo", List.of(), entry());

    assertThat(users.decide(jo, Right.OnNode.OPERATE).granted()).isFalse();
    users.delete("jo", entry());
    assertThat(users.decide(jo, Right.OnNode.STATISTICS).grounds())
        .isEqualTo(Decision.Grounds.NO_LONGER_VALID);
  }

  @Test
  void nobody_passes_for_a_group_of_the_store() {
    users.withDefaultPassword().join();
    for (var name : List.of("$admins", "$ops", "", "a:b", "a\nb")) {
      assertThatThrownBy(() -> users.create(name, "x", "", List.of(), entry()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(new Caller.User("$ops", java.util.Set.of(), 0, false).is("$ops")).isFalse();
  }

  @Test
  void a_denial_says_what_is_missing_and_to_administrators_whom_the_list_names()
      throws NotAuthenticatedException {
    make("jo", "sales");
    var jo = login("jo", "right");
    store.writeMetadata(
        LEDGER,
        ExpectedState.any(),
        StreamMetadata.none().withAcl(new Acl(Map.of(Acl.Action.READ, List.of("accounting")))));
    var read = new Right.OnStream(Acl.Action.READ, LEDGER);
    var explained =
        "jo may not read ledger-1: the metadata of the stream names who may ($r: [accounting]); jo is in sales";

    try (var said = new Said()) {
      assertThatThrownBy(() -> users.require(jo, read))
          .isInstanceOf(NotAuthorizedException.class)
          .hasMessage("jo may not read ledger-1: the metadata of the stream names who may");
      assertThat(said.toString()).isEqualTo("Denied: {0}[%s]\n".formatted(explained));
    }
    assertThat(users.decide(jo, read).explained(jo, read)).isEqualTo(explained);
  }

  @Test
  void every_change_of_a_user_is_recorded_with_who_did_it() {
    make("jo");
    var admin = users.caller("admin");
    users.update("jo", "Jo", List.of("x"), users.audit().entry(admin, PEER, "update user", "jo"));
    users.delete("jo", users.audit().entry(admin, PEER, "delete user", "jo"));

    var trail = store.read(Streams.AUDIT, ReadOptions.forwards()).events();
    assertThat(trail).hasSize(5); // admin, ops, jo; the two above
    assertThat(trail.getLast().dataAsText())
        .startsWith(
            "{\"who\":\"admin\",\"action\":\"delete user\",\"subject\":\"jo\",\"outcome\":\"done\",\"from\":\"10.0.0.1\",\"when\":\"2026-01-01T00:00:00Z\",\"id\":\"");
  }

  @Test
  void no_secret_is_in_a_log_or_in_the_audit() throws NotAuthenticatedException {
    try (var said = new Said()) {
      users.withDefaultPassword().join();
      users.create("jo", "s3cret-one", "", List.of(), entry());
      var token = users.token(login("jo", "s3cret-one"), Duration.ofHours(1)).text();
      users.authenticate(Optional.of("Bearer " + token), PEER);
      users.changePassword("jo", "s3cret-one", "s3cret-two", PEER, entry());
      for (var header :
          List.of(
              "Basic s3cret-header",
              "s3cret-scheme",
              "Bearer s3cret-token",
              "Bearer " + token,
              basic("jo", "s3cret-wrong").orElseThrow())) {
        assertThatThrownBy(() -> users.authenticate(Optional.of(header), PEER))
            .isInstanceOf(NotAuthenticatedException.class)
            .hasMessageNotContaining("s3cret");
      }
      var audit =
          String.join(
              "\n",
              store.read(Streams.AUDIT, ReadOptions.forwards()).events().stream()
                  .map(event -> event.dataAsText())
                  .toList());
      assertThat(said.toString()).contains("Not logged in").doesNotContain("s3cret", token);
      assertThat(audit).isNotEmpty().doesNotContain("s3cret", token);
    }
  }

  /// Everything that is logged while it is open, of whatever level.
  private static final class Said extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.leftfold");
    private final @Nullable Level level = logger.getLevel();
    private final StringBuilder said = new StringBuilder();

    Said() {
      logger.setLevel(Level.ALL);
      setLevel(Level.ALL);
      logger.addHandler(this);
    }

    @Override
    public synchronized void publish(LogRecord record) {
      said.append(record.getMessage());
      if (record.getParameters() != null) {
        said.append(List.of(record.getParameters()));
      }
      if (record.getThrown() != null) {
        said.append(record.getThrown());
      }
      said.append('\n');
    }

    @Override
    public void flush() {
      // Nothing is kept back.
    }

    @Override
    public void close() {
      logger.removeHandler(this);
      logger.setLevel(level);
    }

    @Override
    public synchronized String toString() {
      return said.toString();
    }
  }
}
