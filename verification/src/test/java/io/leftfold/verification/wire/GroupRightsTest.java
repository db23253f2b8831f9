// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteUsers;
import io.leftfold.protocol.messages.groups.ReadReq;
import io.leftfold.protocol.messages.groups.ReadResp;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Who may do what with persistent subscriptions, through the network, and when that ends. The
/// tests share the server, and use users and streams of their own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GroupRightsTest {

  /// What is done with a group of what, and the letters of those who may: nobody in particular (n),
  /// jo (j), ann of the group accounting (a), ops (o), admin (A).
  private static final List<String> TABLE =
      List.of(
          "open-1 create oA",
          "open-1 update oA",
          "open-1 info jaoA",
          "open-1 list jaoA",
          "open-1 connect jaoA",
          "open-1 parked oA",
          "open-1 replay oA",
          "open-1 replayChosen oA",
          "open-1 truncate oA",
          "open-1 restart oA",
          "open-1 restartByOperations oA",
          "open-1 delete oA",
          "ledger-1 create oA",
          "ledger-1 update oA",
          "ledger-1 info jaoA",
          "ledger-1 connect aA",
          "ledger-1 replay oA",
          "ledger-1 delete oA",
          "$sys-1 create oA",
          "$sys-1 connect A",
          "$sys-1 delete oA",
          "$all create oA",
          "$all update oA",
          "$all info jaoA",
          "$all connect A",
          "$all parked oA",
          "$all replay oA",
          "$all replayChosen oA",
          "$all truncate oA",
          "$all delete oA");

  private final TestServer server = TestServer.withUsers();
  private final Wire wire = Wire.to(server);
  private final As admin = new As(wire, "admin", "changeit");
  private final RemoteUsers users =
      RemoteUsers.connect(ConnectionString.parse(server.connectionString("admin", "changeit")));

  @BeforeAll
  void prepare() {
    users.create("jo", "jos", "Jo", List.of());
    users.create("ann", "anns", "Ann", List.of("accounting"));
    for (var stream : List.of("open-1", "ledger-1", "$sys-1")) {
      happened(stream);
    }
    readableBy("ledger-1", "accounting");
    admin.awaitGroups();
  }

  @AfterAll
  void close() {
    users.close();
    wire.close();
    server.close();
  }

  private void happened(String stream) {
    server
        .store()
        .append(StreamName.of(stream), ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
  }

  private void readableBy(String stream, String... who) {
    server
        .store()
        .writeMetadata(
            StreamName.of(stream),
            ExpectedState.any(),
            StreamMetadata.none().withAcl(new Acl(Map.of(Acl.Action.READ, List.of(who)))));
  }

  // ---- who may

  @Test
  void everybody_with_everything_that_can_be_done() {
    var everybody = new LinkedHashMap<Character, As>();
    everybody.put('n', new As(wire, "", ""));
    everybody.put('j', new As(wire, "jo", "jos"));
    everybody.put('a', new As(wire, "ann", "anns"));
    everybody.put('o', new As(wire, "ops", "changeit"));
    everybody.put('A', admin);
    var found = new ArrayList<String>();
    for (var line : TABLE) {
      var words = line.split(" ", -1);
      var may = new StringBuilder();
      everybody.forEach((letter, who) -> {
        if (passes(who, words[1], words[0])) {
          may.append(letter);
        }
      });
      found.add("%s %s %s".formatted(words[0], words[1], may));
    }
    assertThat(found).isEqualTo(TABLE);
  }

  private static boolean passes(As who, String what, String source) {
    try {
      var answer =
          switch (what) {
            case "create" -> who.create(source);
            case "update" -> who.update(source);
            case "delete" -> who.delete(source);
            case "info" -> who.info(source);
            case "list" -> who.list();
            case "connect" -> who.connect(source);
            case "parked" -> who.parked(source);
            case "replay" -> who.replay(source);
            case "replayChosen" -> who.replayChosen(source);
            case "truncate" -> who.truncate(source);
            case "restart" -> who.groups().restartSubsystem(Wire.EMPTY);
            case "restartByOperations" ->
                who.operations().restartPersistentSubscriptions(Wire.EMPTY);
            default -> throw new AssertionError(what);
          };
      assertThat(answer).isNotNull();
      return true;
    } catch (StatusRuntimeException refused) {
      // There is one already, or none any more, or it is being done: whoever is told that had the
      // right.
      if (refused.getStatus().getCode() == Status.Code.ALREADY_EXISTS
          || refused.getStatus().getCode() == Status.Code.NOT_FOUND
          || Wire.text(refused).contains("being replayed already")) {
        return true;
      }
      assertThat(refused.getStatus().getCode())
          .as("%s %s: %s", source, what, refused.getStatus())
          .isEqualTo(Status.Code.PERMISSION_DENIED);
      return false;
    }
  }

  // ---- and when that ends

  private static void confirmed(Wire.Replies<ReadReq, ReadResp> consumer) {
    assertThat(consumer.next().hasSubscriptionConfirmation()).isTrue();
  }

  private static void ends(Wire.Replies<ReadReq, ReadResp> consumer) {
    assertThat(consumer.refused().getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(Wire.trailers(consumer.refused())).containsEntry("exception", "access-denied");
  }

  @Test
  void a_consumer_is_ended_when_the_list_of_its_stream_has_it_no_more() {
    happened("taken-1");
    assertThat(admin.create("taken-1")).isNotNull();
    var jo = new As(wire, "jo", "jos").consume("taken-1");
    confirmed(jo);
    assertThat(jo.next().hasEvent()).isTrue();

    readableBy("taken-1", "accounting");
    happened("taken-1");

    ends(jo);
    assertThat(jo.messages).isEmpty();
    // What it had and what came since is for those who may.
    var ann = new As(wire, "ann", "anns").consume("taken-1");
    confirmed(ann);
    assertThat(ann.next(2)).allMatch(ReadResp::hasEvent);
    ann.call().cancel("enough", null);
  }

  @Test
  void a_consumer_is_ended_though_nothing_happens() {
    assertThat(admin.create("quiet-1")).isNotNull();
    users.create("kim", "kims", "Kim", List.of());
    users.create("lea", "leas", "Lea", List.of());
    var kim = new As(wire, "kim", "kims").consume("quiet-1");
    var lea = new As(wire, "lea", "leas").consume("quiet-1");
    var ann = new As(wire, "ann", "anns").consume("quiet-1");
    confirmed(kim);
    confirmed(lea);
    confirmed(ann);

    users.disable("kim");
    ends(kim);
    users.resetPassword("lea", "another");
    ends(lea);

    happened("quiet-1");
    assertThat(ann.next().hasEvent()).isTrue();
    ann.call().cancel("enough", null);
  }

  @Test
  void a_consumer_is_ended_when_it_leaves_the_group_that_may() {
    users.create("pat", "pats", "Pat", List.of("accounting"));
    readableBy("grouped-1", "accounting");
    assertThat(admin.create("grouped-1")).isNotNull();
    var pat = new As(wire, "pat", "pats").consume("grouped-1");
    confirmed(pat);

    users.update("pat", "Pat", List.of("sales"));

    ends(pat);
  }

  @Test
  void a_consumer_of_everything_is_ended_when_it_may_not_read_everything() {
    readableBy("$all", "ann");
    assertThat(admin.create(As.ALL)).isNotNull();
    var ann = new As(wire, "ann", "anns").consume(As.ALL);
    confirmed(ann);
    assertThat(ann.next().hasEvent()).isTrue();

    readableBy("$all");

    ends(ann);
    assertThat(admin.delete(As.ALL)).isNotNull();
  }

  // ---- what is in between

  @Test
  void who_manages_a_group_but_may_not_read_sees_that_events_are_parked_not_which() {
    readableBy("private-1", "ann");
    server
        .store()
        .append(
            StreamName.of("private-1"),
            ExpectedState.any(),
            ProposedEvent.json("Happened", "{\"secret\":1}"));
    assertThat(admin.create("private-1")).isNotNull();
    var consumer = new As(wire, "ann", "anns").consume("private-1");
    confirmed(consumer);
    var event = consumer.next().getEvent().getEvent();
    consumer
        .call()
        .onNext(
            ReadReq.newBuilder()
                .setNack(
                    ReadReq.Nack.newBuilder()
                        .addIds(event.getId())
                        .setAction(ReadReq.Nack.Action.Park))
                .build());
    Await.until("it is parked", () -> admin.parked("private-1").getEventsCount() == 1);

    assertThat(admin.parked("private-1").getEvents(0).getData().toStringUtf8()).contains("secret");
    var seen = new As(wire, "ops", "changeit").parked("private-1").getEvents(0);
    assertThat(seen.getData().isEmpty()).isTrue();
    assertThat(seen.getStream()).isEmpty();
    assertThat(seen.getWhy().isEmpty()).isFalse();
    consumer.call().cancel("enough", null);
  }
}
