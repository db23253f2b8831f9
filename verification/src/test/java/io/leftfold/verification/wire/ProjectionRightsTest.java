// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteUsers;
import io.leftfold.protocol.messages.inquiries.DebugRequest;
import io.leftfold.protocol.messages.projections.CreateReq;
import io.leftfold.protocol.messages.projections.DeleteReq;
import io.leftfold.protocol.messages.projections.DisableReq;
import io.leftfold.protocol.messages.projections.EnableReq;
import io.leftfold.protocol.messages.projections.ProjectionsGrpc.ProjectionsBlockingStub;
import io.leftfold.protocol.messages.projections.ResetReq;
import io.leftfold.protocol.messages.projections.ResultReq;
import io.leftfold.protocol.messages.projections.StateReq;
import io.leftfold.protocol.messages.projections.StatisticsReq;
import io.leftfold.protocol.messages.projections.UpdateReq;
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

/// Who may do what with projections, through the network. The tests share the server.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProjectionRightsTest {

  static final String OPEN = "fromStream('open-1').when({ $any: (s, e) => s })";

  /// What is done, and the letters of those who may: nobody in particular (n), jo (j), ann who may
  /// read everything (a), ops (o), admin (A). In the order of the lines: the projection that is
  /// kept reads everything from `update-all` on.
  private static final List<String> TABLE =
      List.of(
          "create-open oA",
          "create-ledger A",
          "create-all A",
          "create-category A",
          "update-open oA",
          "update-all A",
          "enable oA",
          "disable oA",
          "abort oA",
          "reset oA",
          "delete oA",
          "statistics jaoA",
          "list jaoA",
          "state jaoA",
          "result jaoA",
          "restart oA",
          "query-all aA",
          "query-open aoA",
          "query-state aoA",
          "past-state jaoA",
          "past-query-state aoA",
          "debug-kept aA",
          "debug-open aoA",
          "debug-ledger aA",
          "debug-all aA",
          "partitions jaoA",
          "set-aside jaoA",
          "take-up oA",
          "create-once oA",
          "create-continuous oA",
          "emit-again oA",
          "settings jaoA",
          "change-settings oA",
          "look jaoA",
          "build-ledger-beside A",
          "build-beside oA",
          "cancel-beside oA");

  private final TestServer server = TestServer.withUsers();
  private final Wire wire = Wire.to(server);
  private final As admin = new As(wire, "admin", "changeit");
  private final As ops = new As(wire, "ops", "changeit");
  private final RemoteUsers users =
      RemoteUsers.connect(ConnectionString.parse(server.connectionString("admin", "changeit")));
  private int made;

  @BeforeAll
  void prepare() {
    users.create("jo", "jos", "Jo", List.of());
    users.create("ann", "anns", "Ann", List.of());
    for (var stream : List.of("open-1", "ledger-1")) {
      server
          .store()
          .append(StreamName.of(stream), ExpectedState.any(), ProposedEvent.json("Happened", "{}"));
    }
    readableBy("ledger-1", "ann");
    readableBy("$all", "ann");
    Await.until("projections run", () -> passes(admin, "list"));
    create(admin, "kept", OPEN);
    admin.projections().create(query("asked", OPEN));
  }

  @AfterAll
  void close() {
    users.close();
    wire.close();
    server.close();
  }

  private void readableBy(String stream, String... who) {
    server
        .store()
        .writeMetadata(
            StreamName.of(stream),
            ExpectedState.any(),
            StreamMetadata.none().withAcl(new Acl(Map.of(Acl.Action.READ, List.of(who)))));
  }

  private static Object create(As who, String name, String script) {
    return create(who, name, script, false);
  }

  private static Object create(As who, String name, String script, boolean emit) {
    var continuous = CreateReq.Options.Continuous.newBuilder().setName(name).setEmitEnabled(emit);
    return who.projections()
        .create(
            CreateReq.newBuilder()
                .setOptions(
                    CreateReq.Options.newBuilder().setContinuous(continuous).setQuery(script))
                .build());
  }

  private static CreateReq query(String name, String script) {
    return CreateReq.newBuilder()
        .setOptions(
            CreateReq.Options.newBuilder()
                .setTransient(CreateReq.Options.Transient.newBuilder().setName(name))
                .setQuery(script))
        .build();
  }

  private static Object update(As who, String script) {
    return who.projections()
        .update(
            UpdateReq.newBuilder()
                .setOptions(UpdateReq.Options.newBuilder().setName("kept").setQuery(script))
                .build());
  }

  @Test
  void everybody_with_everything_that_can_be_done() {
    var everybody = new LinkedHashMap<Character, As>();
    everybody.put('n', new As(wire, "", ""));
    everybody.put('j', new As(wire, "jo", "jos"));
    everybody.put('a', new As(wire, "ann", "anns"));
    everybody.put('o', ops);
    everybody.put('A', admin);
    var found = new ArrayList<String>();
    for (var line : TABLE) {
      var what = line.split(" ", -1)[0];
      var may = new StringBuilder();
      everybody.forEach((letter, who) -> {
        if (passes(who, what)) {
          may.append(letter);
        }
      });
      found.add("%s %s".formatted(what, may));
    }
    assertThat(found).isEqualTo(TABLE);
  }

  private boolean passes(As who, String what) {
    try {
      does(who, who.projections(), what);
      return true;
    } catch (StatusRuntimeException refused) {
      var code = refused.getStatus().getCode();
      if (code == Status.Code.FAILED_PRECONDITION || code == Status.Code.NOT_FOUND) {
        return true; // Whoever is told that had the right.
      }
      if (code != Status.Code.UNAVAILABLE) {
        assertThat(code).as("%s: %s", what, refused).isEqualTo(Status.Code.PERMISSION_DENIED);
      }
      return false;
    }
  }

  private void does(As who, ProjectionsBlockingStub projections, String what) {
    var name = "p" + made++;
    var kept = "kept";
    Object answer =
        switch (what) {
          case "create-open" -> create(who, name, OPEN);
          case "create-ledger" -> create(who, name, "fromStream('ledger-1').when({})");
          case "create-all" -> create(who, name, "fromAll().when({ $any: s => s })");
          case "create-category" ->
              create(who, name, "fromCategory('open').when({ $any: s => s })");
          case "update-open" -> update(who, OPEN);
          case "update-all" -> update(who, "fromAll().when({ $any: s => s })");
          case "enable" ->
              projections.enable(
                  EnableReq.newBuilder()
                      .setOptions(EnableReq.Options.newBuilder().setName(kept))
                      .build());
          case "disable", "abort" ->
              projections.disable(
                  DisableReq.newBuilder()
                      .setOptions(
                          DisableReq.Options.newBuilder()
                              .setName(kept)
                              .setWriteCheckpoint(what.equals("disable")))
                      .build());
          case "reset" ->
              projections.reset(
                  ResetReq.newBuilder()
                      .setOptions(ResetReq.Options.newBuilder().setName(kept))
                      .build());
          case "delete" ->
              projections.delete(
                  DeleteReq.newBuilder()
                      .setOptions(DeleteReq.Options.newBuilder().setName("missing"))
                      .build());
          case "statistics" -> {
            var request =
                StatisticsReq.newBuilder()
                    .setOptions(StatisticsReq.Options.newBuilder().setName(kept));
            yield projections.statistics(request.build()).next();
          }
          case "list" -> {
            var request =
                StatisticsReq.newBuilder()
                    .setOptions(StatisticsReq.Options.newBuilder().setAll(Wire.EMPTY));
            yield projections.statistics(request.build()).next();
          }
          case "state" -> state(projections, kept);
          case "result" ->
              projections.result(
                  ResultReq.newBuilder()
                      .setOptions(ResultReq.Options.newBuilder().setName(kept))
                      .build());
          case "restart" -> projections.restartSubsystem(Wire.EMPTY);
          case "query-all" -> projections.create(query(name, "fromAll().when({})"));
          case "query-open" -> projections.create(query(name, OPEN));
          case "query-state" -> state(projections, "asked");
          default -> LeftfoldProjectionCalls.answer(who.inquiries(), what, name);
        };
    assertThat(answer).isNotNull();
  }

  @Test
  void nobody_is_shown_an_event_of_a_stream_that_they_may_not_read() {
    server
        .store()
        .append(StreamName.of("ledger-2"), ExpectedState.any(), ProposedEvent.json("Secret", "{}"));
    readableBy("ledger-2", "$admins");
    var request =
        DebugRequest.newBuilder().setQuery("fromAll().when({ Secret: (s, e) => s })").build();
    assertThat(admin.inquiries().debug(request).next().getStep().getEvent().getEvent().getType())
        .isEqualTo("Secret");
    var ann = new As(wire, "ann", "anns").inquiries().debug(request);
    assertThatThrownBy(ann::next)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("PERMISSION_DENIED")
        .hasMessageContaining("ledger-2");
  }

  @Test
  void a_link_shows_a_script_only_what_everybody_may_read() {
    server
        .store()
        .append(StreamName.of("ledger-3"), ExpectedState.any(), ProposedEvent.json("Secret", "{}"));
    readableBy("ledger-3", "$admins");
    for (var target : List.of("ledger-3", "$user-admin", "open-1")) {
      server
          .store()
          .append(
              StreamName.of("links-1"),
              ExpectedState.any(),
              ProposedEvent.link(StreamName.of(target), 0));
    }
    create(
        ops,
        "curious",
        "fromStream('links-1').when({ $init: () => [], $any: (s, e) => { s.push(e.streamId); return s; } })");

    Await.until(
        "the last link was followed",
        () -> state(ops.projections(), "curious").toString().contains("open-1"));

    assertThat(state(ops.projections(), "curious").toString())
        .doesNotContain("ledger-3", "$user-admin");
  }

  private static Object state(ProjectionsBlockingStub projections, String name) {
    return projections.state(
        StateReq.newBuilder().setOptions(StateReq.Options.newBuilder().setName(name)).build());
  }

  @Test
  void what_is_done_and_what_is_not_is_audited() {
    create(ops, "audited", OPEN);
    Await.until(
        "the audit tells of both",
        () -> {
          // Not every denial is recorded where there are very many.
          assertThat(passes(new As(wire, "jo", "jos"), "restart")).isFalse();
          try (var read = server.store().read(StreamName.of("$audit"), ReadOptions.forwards())) {
            var text =
                read.events().stream().map(event -> new String(event.data(), UTF_8)).toList();
            return text.stream()
                    .anyMatch(
                        line -> line.contains("create projection") && line.contains("audited"))
                && text.stream()
                    .anyMatch(line -> line.contains("restart projections") && line.contains("jo"));
          }
        });
  }

  @Test
  void no_script_makes_its_author_an_administrator() {
    var state = server.store().state(StreamName.of("$user-ops"));
    create(
        ops,
        "greedy",
        "fromStream('open-1').when({ $any: () => { emit('$user-ops', '$UserUpdated', { groups: ['$admins'] }) } })",
        true);
    Await.until(
        "it is faulted",
        () -> {
          var request =
              StatisticsReq.newBuilder()
                  .setOptions(StatisticsReq.Options.newBuilder().setName("greedy"));
          return ops.projections()
              .statistics(request.build())
              .next()
              .getDetails()
              .getStatus()
              .startsWith("Faulted");
        });
    assertThat(server.store().state(StreamName.of("$user-ops"))).isEqualTo(state);
  }
}
