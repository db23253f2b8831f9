// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.StatusRuntimeException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.client.RemoteUsers;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.engine.ScavengeProgress;
import io.leftfold.protocol.messages.operations.SetNodePriorityReq;
import io.leftfold.protocol.messages.operations.StopScavengeReq;
import io.leftfold.verification.running.TestServer;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What `$audit` says of what administrators do, through the network. The tests share the server,
/// and use subjects of their own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AuditWireTest {

  private final TestServer server =
      TestServer.withUsers(
          LocalEventStore.inMemory(EngineOptions.defaults().withChunkBytesMax(64 << 10)));
  private final Wire wire = Wire.to(server);
  private final As admin = new As(wire, "admin", "changeit");
  private final As jo = new As(wire, "jo", "jos");
  private final RemoteUsers users = users("admin", "changeit");

  @BeforeAll
  void prepare() {
    users.create("jo", "jos", "Jo", List.of());
    admin.awaitGroups();
  }

  @AfterAll
  void close() {
    users.close();
    wire.close();
    server.close();
  }

  private RemoteUsers users(String user, String password) {
    return RemoteUsers.connect(ConnectionString.parse(server.connectionString(user, password)));
  }

  private RemoteEventStore store(String user, String password) {
    return RemoteEventStore.connect(server.connectionString(user, password));
  }

  /// What was recorded with a subject: who, what, what came of it.
  private List<String> audit(String subject) {
    return server.store().read(StreamName.of("$audit"), ReadOptions.forwards()).events().stream()
        .map(event -> event.dataAsText())
        .filter(json -> json.contains("\"subject\":\"%s\"".formatted(subject)))
        .map(json ->
            "%s: %s, %s".formatted(field(json, "who"), field(json, "action"), outcome(json)))
        .toList();
  }

  private static String outcome(String json) {
    var reason = json.contains("\"reason\"") ? " since " + field(json, "reason") : "";
    return field(json, "outcome") + reason;
  }

  private static String field(String json, String name) {
    return json.replaceAll(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
  }

  private static void denied(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("PERMISSION_DENIED");
  }

  @Test
  void users_are_changed_in_one_commit_with_the_entry() {
    users.create("lea", "first", "Lea", List.of("a"));
    users.create("lea", "first", "Lea", List.of("a"));
    assertThatThrownBy(() -> users.create("lea", "another", "Lea", List.of()))
        .isInstanceOf(RuntimeException.class);
    try (var other = users("jo", "jos")) {
      assertThatThrownBy(() -> other.disable("lea")).isInstanceOf(NotAuthorizedException.class);
    }
    try (var lea = users("lea", "first")) {
      assertThatThrownBy(() -> lea.changePassword("lea", "wrong", "second"))
          .isInstanceOf(NotAuthorizedException.class);
    }
    users.delete("lea");
    assertThatThrownBy(() -> users.delete("lea")).isInstanceOf(RuntimeException.class);

    var entries = audit("lea");
    assertThat(entries)
        .hasSize(7)
        .startsWith("admin: create user, in [a], done", "admin: create user, in [a], done")
        .contains(
            "jo: disable user, denied", "lea: change password, denied", "admin: delete user, done");
    assertThat(entries.get(2)).startsWith("admin: create user, in [], failed since ");
    assertThat(entries.getLast()).startsWith("admin: delete user, failed since ");
  }

  @Test
  void persistent_subscriptions_are_managed_with_an_entry_before_and_one_behind() {
    assertThat(admin.create("managed-1")).isNotNull();
    assertThat(admin.update("managed-1")).isNotNull();
    assertThat(admin.replay("managed-1")).isNotNull();
    assertThat(admin.truncate("managed-1")).isNotNull();
    assertThat(admin.delete("managed-1")).isNotNull();

    assertThat(audit("managed-1::g"))
        .containsExactly(
            "admin: create persistent subscription, begun",
            "admin: create persistent subscription, done",
            "admin: update persistent subscription, begun",
            "admin: update persistent subscription, done",
            "admin: replay parked events, begun",
            "admin: replay parked events, done",
            "admin: truncate parked events, begun",
            "admin: truncate parked events, done",
            "admin: delete persistent subscription, begun",
            "admin: delete persistent subscription, done");
  }

  @Test
  void a_replay_of_a_few_says_how_many() {
    assertThat(admin.create("managed-2")).isNotNull();
    assertThat(admin.replayChosen("managed-2")).isNotNull();

    assertThat(audit("managed-2::g"))
        .endsWith(
            "admin: replay 0 chosen parked events, begun",
            "admin: replay 0 chosen parked events, done");
  }

  @Test
  void what_fails_says_with_what_and_what_is_denied_says_whom() {
    assertThatThrownBy(() -> admin.delete("missing-1")).hasMessageContaining("NOT_FOUND");
    denied(() -> jo.delete("missing-1"));
    denied(() -> new As(wire, "", "").delete("missing-1"));

    var entries = audit("missing-1::g");
    assertThat(entries).hasSize(3);
    assertThat(entries.get(0)).isEqualTo("admin: delete persistent subscription, begun");
    assertThat(entries.get(1))
        .startsWith("admin: delete persistent subscription, failed since ")
        .contains("missing-1");
    // Of whoever names no user only the log tells.
    assertThat(entries.get(2)).isEqualTo("jo: delete persistent subscription, denied");
  }

  @Test
  void everything_is_restarted_by_either_service() {
    assertThat(admin.groups().restartSubsystem(Wire.EMPTY)).isEqualTo(Wire.EMPTY);
    assertThat(admin.operations().restartPersistentSubscriptions(Wire.EMPTY)).isEqualTo(Wire.EMPTY);

    assertThat(audit("all"))
        .containsExactly(
            "admin: restart persistent subscriptions, begun",
            "admin: restart persistent subscriptions, done",
            "admin: restart persistent subscriptions, begun",
            "admin: restart persistent subscriptions, done");
  }

  @Test
  void operations_are_recorded_those_without_effect_too() {
    assertThat(admin.operations().mergeIndexes(Wire.EMPTY)).isEqualTo(Wire.EMPTY);
    assertThat(admin.operations().resignNode(Wire.EMPTY)).isEqualTo(Wire.EMPTY);
    assertThat(admin.operations().shutdown(Wire.EMPTY)).isEqualTo(Wire.EMPTY);
    var priority = SetNodePriorityReq.newBuilder().setPriority(-3).build();
    assertThat(admin.operations().setNodePriority(priority)).isEqualTo(Wire.EMPTY);
    try (var store = store("admin", "changeit")) {
      assertThatThrownBy(() -> store.backup("nightly", _ -> {}))
          .isInstanceOf(RuntimeException.class);
    }
    denied(() -> jo.operations().mergeIndexes(Wire.EMPTY));
    denied(() -> jo.operations().shutdown(Wire.EMPTY));

    assertThat(audit("node"))
        .containsExactly(
            "admin: merge index, begun",
            "admin: merge index, done",
            "admin: resign, begun",
            "admin: resign, done",
            "admin: shutdown, begun",
            "admin: shutdown, done",
            "jo: merge index, denied",
            "jo: shutdown, denied");
    assertThat(audit("-3"))
        .containsExactly("admin: set priority, begun", "admin: set priority, done");
    assertThat(audit("nightly"))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("admin: backup, failed since This server makes no backups");
  }

  @Test
  void a_scavenge_that_is_stopped_is_recorded_and_one_that_is_not_there_too() throws Exception {
    for (var i = 0; i < 20; i++) {
      server
          .store()
          .append(
              StreamName.of("filled-1"),
              ExpectedState.any(),
              ProposedEvent.binary("Filled", new byte[10_000]));
    }
    server
        .store()
        .writeMetadata(
            StreamName.of("filled-1"), ExpectedState.any(), StreamMetadata.none().withMaxCount(1));
    var slow = server.store().scavenge(ScavengeOptions.defaults().atMost(1));
    var id = slow.id().toString();

    denied(() -> jo.operations().stopScavenge(stop(id)));
    assertThat(admin.operations().stopScavenge(stop(id)).getScavengeId()).isEqualTo(id);
    assertThat(slow.await().outcome()).isEqualTo(ScavengeProgress.Outcome.STOPPED);
    assertThatThrownBy(() -> admin.operations().stopScavenge(stop(id)))
        .hasMessageContaining("NOT_FOUND");

    assertThat(audit(id))
        .containsExactly(
            "jo: stop scavenge, denied",
            "admin: stop scavenge, begun",
            "admin: stop scavenge, done",
            "admin: stop scavenge, begun",
            "admin: stop scavenge, failed since No scavenge of this id is running");
  }

  private static StopScavengeReq stop(String id) {
    return StopScavengeReq.newBuilder()
        .setOptions(StopScavengeReq.Options.newBuilder().setScavengeId(id))
        .build();
  }

  private static StreamMetadata readableBy(String who) {
    return StreamMetadata.none().withAcl(new Acl(Map.of(Acl.Action.READ, List.of(who))));
  }

  @Test
  void rights_are_changed_and_ended_with_an_entry_before_and_one_behind() {
    var stream = StreamName.of("listed-1");
    server.store().append(stream, ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
    try (var boss = store("admin", "changeit");
        var other = store("jo", "jos")) {
      var metadata = StreamMetadata.none();
      boss.writeMetadata(
          stream,
          ExpectedState.any(),
          metadata.withAcl(
              new Acl(
                  Map.of(Acl.Action.READ, List.of("jo"), Acl.Action.WRITE_METADATA, List.of()))));
      assertThatThrownBy(
              () -> other.writeMetadata(stream, ExpectedState.any(), readableBy("everybody")))
          .isInstanceOf(NotAuthorizedException.class);
      assertThatThrownBy(
              () -> boss.writeMetadata(stream, ExpectedState.atRevision(99), readableBy("ann")))
          .isInstanceOf(RuntimeException.class);
      boss.append(
          stream.metastream(),
          ExpectedState.any(),
          ProposedEvent.json("$metadata", "{\"$acl\":{\"$r\":\"ann\",\"$mw\":[]}}"));
      assertThatThrownBy(() ->
              other.append(
                  stream.metastream(), ExpectedState.any(), ProposedEvent.json("$metadata", "{}")))
          .isInstanceOf(NotAuthorizedException.class);
      assertThatThrownBy(() -> boss.delete(stream, ExpectedState.atRevision(99)))
          .isInstanceOf(RuntimeException.class);
      boss.delete(stream, ExpectedState.any());
    }

    assertThat(audit("listed-1"))
        .extracting(entry -> entry.replaceAll(" since .*", ""))
        .containsExactly(
            "admin: change rights, begun",
            "admin: change rights, done",
            "jo: change rights, denied",
            "admin: change rights, begun",
            "admin: change rights, failed",
            "admin: change rights, begun",
            "admin: change rights, done",
            "jo: change rights, denied",
            "admin: delete a stream with rights, begun",
            "admin: delete a stream with rights, failed",
            "admin: delete a stream with rights, begun",
            "admin: delete a stream with rights, done");
  }
}
