// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `leftfold projections`, on one server for all tests.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProjectionsFromAfarTest {

  private static final String BALANCES =
      """
      fromCategory('CATEGORY').foreachStream().when({
        $init: () => ({ balance: 0 }),
        Deposited(s, e) { s.balance += e.data.amount; },
        Withdrawn(s, e) {
          if (e.data.amount > s.balance) throw new Error('overdrawn');
          s.balance -= e.data.amount;
          log('left', s.balance);
        },
      });
      """;

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private static Path directory;

  private final LocalEventStore store = LocalEventStore.inMemory();
  private final LeftfoldServer server =
      LeftfoldServer.start(store, ServerOptions.insecure().withAddress("127.0.0.1", 0));

  @SuppressWarnings("NullAway.Init")
  private TestShell shell;

  @BeforeAll
  void prepare() {
    shell = new TestShell(directory);
  }

  /// Some events of a category of their own, and a projection of that name.
  ///
  /// @return the position of the first event
  private long fill(String category) throws IOException {
    Files.writeString(directory.resolve(category + ".js"), BALANCES.replace("CATEGORY", category));
    var first = append(category + "-7", "Deposited", 50);
    append(category + "-8", "Deposited", 5);
    append(category + "-7", "Withdrawn", 20);
    await(() -> run("list").code() == ExitCode.OK);
    ok("create", category, category + ".js");
    await(() -> run("state", category, category + "-7").out().equals("{\"balance\":30}\n"));
    return first;
  }

  @AfterAll
  void close() {
    server.close();
    store.close();
  }

  private long append(String stream, String type, int amount) {
    return store
        .append(
            StreamName.of(stream),
            ExpectedState.any(),
            ProposedEvent.json(type, "{\"amount\":%d}".formatted(amount)))
        .position()
        .orElseThrow();
  }

  private static void await(BooleanSupplier condition) {
    var end = Instant.now().plus(Duration.ofMinutes(1));
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  private String[] there(String... arguments) {
    return Stream.of(
            Stream.of("projections"),
            Arrays.stream(arguments),
            Stream.of("--connect", "kurrentdb://127.0.0.1:%d?tls=false".formatted(server.port())))
        .flatMap(words -> words)
        .toArray(String[]::new);
  }

  private TestShell.Result run(String... arguments) {
    return shell.run(there(arguments));
  }

  private TestShell.Result ok(String... arguments) {
    var result = run(arguments);
    assertThat(result.code()).as("%s", result).isZero();
    return result;
  }

  @Test
  void the_past_is_told_by_the_server() throws IOException {
    var first = fill("past");
    assertThat(ok("state", "past", "past-7", "--as-of", Long.toString(first + 2)).out())
        .isEqualTo("{\"balance\":50}\n");
    assertThat(ok("result", "past", "past-7", "--as-of", "2999-01-01T00:00:00Z").out())
        .isEqualTo("{\"balance\":30}\n");
    assertThat(run("state", "past", "past-7", "--as-of", Long.toString(first)).err())
        .contains("has none in partition past-7");
    assertThat(run("state", "nothing", "--as-of", "1").err()).contains("'nothing' not found");
  }

  @Test
  void partitions_are_listed_and_a_query_shows_all_of_them() throws IOException {
    fill("listed");
    assertThat(ok("partitions", "listed").lines()).containsExactly("listed-7", "listed-8");
    assertThat(ok("partitions", "listed", "--after", "listed-7").lines())
        .containsExactly("listed-8");
    assertThat(ok("partitions", "listed", "-n", "1").lines()).containsExactly("listed-7");
    assertThat(ok("run", "listed.js").lines())
        .containsExactly(
            "{\"partition\":\"listed-7\",\"result\":{\"balance\":30}}",
            "{\"partition\":\"listed-8\",\"result\":{\"balance\":5}}");
    assertThat(ok("list").out()).contains("listed").doesNotContain("Transient");
  }

  @Test
  void a_debug_run_looks_the_same_as_in_the_directory() throws IOException {
    fill("shown");
    assertThat(ok("debug", "shown", "--all").out())
        .contains(
            "Deposited  0@shown-7  in shown-7",
            "    state: nothing → {\"balance\":50}",
            "    state.balance: 50 → 30",
            "    logs: left 30");
    var lines = ok("debug", "shown.js", "--json", "--limit", "2").lines();
    assertThat(lines).hasSize(2);
    var step = JsonMapper.shared().readTree(lines.getFirst());
    assertThat(step.at("/event/type").asString()).isEqualTo("Deposited");
    assertThat(step.at("/stateAfter/balance").asInt()).isEqualTo(50);
  }

  @Test
  void a_debug_run_goes_on_over_more_events_than_are_sent_at_once() throws IOException {
    fill("many");
    var first = append("many-9", "Deposited", 1);
    for (var i = 1; i < 250; i++) {
      append("many-9", "Deposited", 1);
    }
    assertThat(ok("debug", "many", "--json").lines()).hasSize(253);
    var shown = ok("debug", "many", "--json", "--from", Long.toString(first), "-n", "249").lines();
    assertThat(JsonMapper.shared().readTree(shown.getLast()).at("/stateAfter/balance").asInt())
        .isEqualTo(249);
  }

  @Test
  void a_debug_run_is_asked_for_states_and_shows_failures() throws IOException {
    fill("asked");
    var last = Long.toString(append("asked-8", "Withdrawn", 6));
    var asked =
        shell.runWith(
            "state asked-7\nstate asked-8\ngo 9\n", there("debug", "asked", "--from", last));
    assertThat(asked.code()).as("%s", asked).isZero();
    assertThat(asked.out())
        .contains(
            "{\"balance\":30}\n", "{\"balance\":5}\n", "fails: Error: overdrawn", "line 5, column")
        .doesNotContain("0@asked-7");
    var unknown = shell.runWith("state asked-7\n", there("debug", "asked.js", "--from", last));
    assertThat(unknown.err()).contains("No event of that partition was shown yet");
    assertThat(run("debug", "asked.js", "--from", "checkpoint").code()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void what_is_parked_is_shown_resumed_and_skipped() throws IOException {
    fill("parking");
    ok("config", "parking", "--on-failure", "park-partition");
    var position = append("parking-8", "Withdrawn", 6);
    append("parking-8", "Deposited", 100);
    await(() -> !ok("parked", "parking", "--json").out().isEmpty());
    var parked = JsonMapper.shared().readTree(ok("parked", "parking", "--json").out());
    assertThat(parked.path("position").asLong()).isEqualTo(position);
    assertThat(parked.path("partition").asString()).isEqualTo("parking-8");
    assertThat(parked.path("stateBefore").asString()).isEqualTo("{\"balance\":5}");

    assertThat(ok("parked", "parking", "--json", "--from", Long.toString(position)).out())
        .isEqualTo(ok("parked", "parking", "--json", "-n", "1").out());
    assertThat(ok("parked", "parking", "--from", Long.toString(position + 1)).err())
        .contains("No parked events");

    var still = run("resume", "parking", Long.toString(position));
    assertThat(still.code()).isEqualTo(ExitCode.FAILED);
    assertThat(still.err()).contains("is still parked: ", "overdrawn");
    ok("skip", "parking", "--all");
    assertThat(ok("parked", "parking").err()).contains("No parked events");
    await(() -> run("state", "parking", "parking-8").out().equals("{\"balance\":105}\n"));
  }

  @Test
  void a_reset_emits_again_only_if_it_is_told_to() throws IOException {
    Files.writeString(
        directory.resolve("again.js"),
        "fromCategory('again').when({ Deposited(s, e) { emit('seen', 'Seen', { at: e.sequenceNumber }); } })");
    append("again-1", "Deposited", 1);
    append("again-1", "Deposited", 1);
    ok("create", "again", "again.js", "--emit");
    await(() -> seen() == 2);
    ok("reset", "again");
    append("again-1", "Deposited", 1);
    await(() -> seen() == 3);
    assertThat(ok("reset", "again", "--emit-again").out()).contains("emits again");
    await(() -> seen() == 6);
  }

  private long seen() {
    return store.read(StreamName.of("seen"), ReadOptions.forwards()).events().size();
  }

  @Test
  void another_version_is_built_beside_and_waited_for_or_given_up() throws IOException {
    fill("beside");
    var doubling = BALANCES.replace("CATEGORY", "beside").replace("+= e", "+= 2 * e");
    Files.writeString(directory.resolve("doubling.js"), doubling);
    assertThat(ok("update", "beside", "doubling.js", "--beside").out()).contains("built anew");
    assertThat(ok("state", "beside", "beside-7").out()).isEqualTo("{\"balance\":80}\n");

    Files.writeString(
        directory.resolve("failing.js"), doubling.replace("s.balance += 2", "s.balance += x"));
    var failed = run("update", "beside", "failing.js", "--beside");
    assertThat(failed.code()).isEqualTo(ExitCode.FAILED);
    assertThat(failed.err()).contains("does not get on", "cancel beside", "x is not defined");
    var figures = JsonMapper.shared().readTree(ok("statistics", "beside", "--json").out());
    assertThat(figures.path("building-reason").asString()).contains("x is not defined");
    assertThat(figures.path("lag-events").asInt(-1)).isNotNegative();
    assertThat(figures.path("handled").asInt()).isEqualTo(3);
    assertThat(run("reset", "beside").err()).contains("building another version");
    ok("cancel", "beside");
    ok("reset", "beside");
    await(() -> run("state", "beside", "beside-7").out().equals("{\"balance\":80}\n"));
  }

  @Test
  void a_configuration_is_shown_and_changed_while_it_runs() throws IOException {
    fill("configured");
    assertThat(config().path("on-failure").asString()).isEqualTo("stop");
    var changed =
        config("--checkpoint-handled", "7", "--emit", "true", "--on-failure", "park-event");
    assertThat(changed).isEqualTo(config());
    assertThat(changed.path("checkpoint-handled").asInt()).isEqualTo(7);
    assertThat(changed.path("emit").asBoolean()).isTrue();
    assertThat(changed.path("on-failure").asString()).isEqualTo("park-event");
    assertThat(run("config", "configured", "--checkpoint-handled", "0").err()).contains("above 0");
    append("configured-7", "Deposited", 1);
    await(() -> run("state", "configured", "configured-7").out().equals("{\"balance\":31}\n"));
  }

  private JsonNode config(String... changes) {
    var arguments =
        Stream.concat(Stream.of("config", "configured", "--json"), Arrays.stream(changes));
    return JsonMapper.shared().readTree(ok(arguments.toArray(String[]::new)).out());
  }

  @Test
  void one_that_is_not_to_start_never_does_and_has_its_policy_from_the_beginning()
      throws IOException {
    fill("still");
    Files.writeString(
        directory.resolve("tells.js"),
        "fromCategory('still').when({ $any(s, e) { emit('told', 'Told', {}); } })");
    for (var more : List.of("", "--one-time")) {
      var name = "unmoved" + more;
      var create =
          Stream.of(
                  "create", name, "tells.js", "--emit", "--disabled", "--on-failure", "retry", more)
              .filter(word -> !word.isEmpty());
      ok(create.toArray(String[]::new));
      assertThat(ok("statistics", name, "--json").out()).contains("Stopped");
      var definitions =
          store.read(StreamName.of("$projections-" + name), ReadOptions.forwards()).events();
      assertThat(definitions).hasSize(1);
      assertThat(definitions.getFirst().dataAsText())
          .contains("\"enabled\":false", "\"emitEnabled\":true");
      assertThat(JsonMapper.shared().readTree(ok("config", name, "--json").out()).toString())
          .contains("retry");
    }
    assertThat(store.read(StreamName.of("told"), ReadOptions.forwards()).events()).isEmpty();
    ok("enable", "unmoved");
    await(() -> !store.read(StreamName.of("told"), ReadOptions.forwards()).events().isEmpty());
    assertThat(run("create", "other", "tells.js", "--on-failure", "hope").code())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_projection_with_a_name_runs_to_the_end_once_when_it_is_let() throws IOException {
    fill("once");
    assertThat(run("create", "tracking", "once.js", "--one-time", "--track-emitted-streams").err())
        .contains("cannot track");
    ok("create", "waiting", "once.js", "--one-time", "--disabled");
    assertThat(ok("statistics", "waiting", "--json").out()).contains("OneTime", "Stopped");
    ok("enable", "waiting");
    await(() -> ok("statistics", "waiting", "--json").out().contains("Completed"));
    append("once-7", "Deposited", 1);
    assertThat(ok("state", "waiting", "once-7").out()).isEqualTo("{\"balance\":30}\n");
  }
}
