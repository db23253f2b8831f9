// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `leftfold projections`, on a data directory.
final class ProjectionsCommandTest {

  private static final String BALANCES =
      """
      fromCategory('account').foreachStream().when({
        $init: () => ({ balance: 0 }),
        Deposited(s, e) {
          s.balance += e.data.amount;
          emit('seen', 'Seen', { of: e.streamId });
        },
        Withdrawn(s, e) {
          if (e.data.amount > s.balance) throw new Error('overdrawn');
          s.balance -= e.data.amount;
          log('left', s.balance);
        },
      }).filterBy(s => s.balance > 10);
      """;

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init")
  private TestShell shell;

  @BeforeEach
  void fill() throws IOException {
    shell = new TestShell(directory);
    Files.writeString(directory.resolve("balances.js"), BALANCES);
    append("account-7", "Deposited", 50);
    append("account-8", "Deposited", 5);
    append("account-7", "Withdrawn", 20);
  }

  private void append(String stream, String type, int amount) {
    try (var store = LocalEventStore.open(directory.resolve("data"))) {
      store.append(
          StreamName.of(stream),
          ExpectedState.any(),
          ProposedEvent.json(type, "{\"amount\":%d}".formatted(amount)));
    }
  }

  private String[] onData(String... arguments) {
    return Stream.of(
            Stream.of("projections"), Arrays.stream(arguments), Stream.of("--data", "data"))
        .flatMap(words -> words)
        .toArray(String[]::new);
  }

  private TestShell.Result run(String... arguments) {
    return shell.run(onData(arguments));
  }

  private TestShell.Result ok(String... arguments) {
    var result = run(arguments);
    assertThat(result.code()).as("%s", result).isZero();
    return result;
  }

  private JsonNode json(String... arguments) {
    return JsonMapper.shared().readTree(ok(arguments).out());
  }

  private long seen() {
    try (var store = LocalEventStore.open(directory.resolve("data"))) {
      return store.read(StreamName.of("seen"), ReadOptions.forwards()).events().size();
    }
  }

  @Test
  void a_projection_is_created_looked_at_and_deleted() {
    assertThat(ok("create", "balances", "balances.js", "--emit").out())
        .isEqualTo("Projection balances is there.\n");
    assertThat(run("create", "balances", "balances.js").err())
        .contains("'balances' already exists")
        .doesNotContain("should not happen");

    assertThat(ok("state", "balances", "account-7").out()).isEqualTo("{\"balance\":30}\n");
    assertThat(ok("result", "balances", "account-7").out()).isEqualTo("{\"balance\":30}\n");
    var filtered = run("result", "balances", "account-8");
    assertThat(filtered.code()).isEqualTo(ExitCode.FAILED);
    assertThat(filtered.err()).contains("has none in partition account-8");
    assertThat(run("state", "balances").err()).contains("leftfold projections partitions balances");
    assertThat(ok("partitions", "balances").lines()).containsExactly("account-7", "account-8");
    assertThat(ok("partitions", "balances", "--after", "account-7", "-n", "5").lines())
        .containsExactly("account-8");
    assertThat(seen()).isEqualTo(2);

    assertThat(ok("list").out()).contains("balances", "Continuous", "Running", "$by_category");
    assertThat(json("statistics", "balances", "--json").path("handled").asLong()).isEqualTo(3);
    assertThat(run("statistics", "balance").err()).contains("'balance' not found");

    assertThat(run("delete", "balances").err()).contains("hasn't been stopped");
    ok("disable", "balances");
    assertThat(json("statistics", "balances", "--json").path("status").asString())
        .isEqualTo("Stopped");
    ok("delete", "balances");
    assertThat(run("statistics", "balances").code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void a_state_may_be_asked_for_as_it_was() {
    ok("create", "balances", "balances.js", "--emit");
    assertThat(ok("state", "balances", "account-7", "--as-of", "3").out())
        .isEqualTo("{\"balance\":50}\n");
    assertThat(ok("result", "balances", "account-7", "--as-of", "2999-01-01T00:00:00Z").out())
        .isEqualTo("{\"balance\":30}\n");
    assertThat(run("state", "balances", "account-7", "--as-of", "1").code())
        .isEqualTo(ExitCode.FAILED);
    assertThat(run("state", "balances", "account-7", "--as-of", "yesterday").code())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void a_projection_gets_another_script_from_where_it_is_or_from_zero() throws IOException {
    ok("create", "balances", "balances.js", "--emit");
    ok("state", "balances", "account-7");
    Files.writeString(directory.resolve("other.js"), BALANCES.replace("+= e", "+= 2 * e"));

    ok("update", "balances", "other.js");
    assertThat(ok("state", "balances", "account-7").out()).isEqualTo("{\"balance\":30}\n");
    assertThat(ok("update", "balances", "other.js", "--beside").out()).contains("built anew");
    assertThat(ok("state", "balances", "account-7").out()).isEqualTo("{\"balance\":80}\n");
    assertThat(seen()).isEqualTo(2);
    ok("reset", "balances");
    assertThat(ok("state", "balances", "account-8").out()).isEqualTo("{\"balance\":10}\n");
    assertThat(seen()).isEqualTo(2);
  }

  @Test
  void a_script_that_is_none_is_refused_where_it_is_wrong() throws IOException {
    Files.writeString(directory.resolve("balances.js"), "fromAll()\n  .wen({});");
    for (var arguments :
        new String[][] {{"create", "balances", "balances.js"}, {"run", "balances.js"}}) {
      var result = run(arguments);
      assertThat(result.code()).isEqualTo(ExitCode.FAILED);
      assertThat(result.err())
          .contains("line 1", "was \"when\" meant?\n")
          .doesNotContain("should not happen");
    }
    assertThat(ok("list").out()).doesNotContain("balances");
  }

  @Test
  void what_is_parked_is_shown_resumed_and_skipped() {
    ok("create", "balances", "balances.js", "--emit");
    assertThat(ok("config", "balances", "--on-failure", "park-partition").out())
        .contains("park-partition");
    append("account-8", "Withdrawn", 6);
    append("account-8", "Deposited", 100);
    var parked = json("parked", "balances", "--json");
    assertThat(parked.path("partition").asString()).isEqualTo("account-8");
    assertThat(parked.path("stateBefore").asString()).isEqualTo("{\"balance\":5}");
    assertThat(ok("parked", "balances").out()).contains("Withdrawn", "overdrawn", "and all after");
    var position = parked.path("position").asString();

    var still = run("resume", "balances", position);
    assertThat(still.code()).isEqualTo(ExitCode.FAILED);
    assertThat(still.err()).contains("is still parked: ", "overdrawn");
    assertThat(run("skip", "balances").code()).isEqualTo(ExitCode.USAGE);
    ok("skip", "balances", "--all");
    assertThat(ok("parked", "balances").err()).contains("No parked events");
    assertThat(ok("state", "balances", "account-8").out()).isEqualTo("{\"balance\":105}\n");
  }

  @Test
  void a_configuration_is_shown_and_changed_while_it_runs() {
    ok("create", "balances", "balances.js", "--emit");
    assertThat(json("config", "balances", "--json").path("on-failure").asString())
        .isEqualTo("stop");
    var changed =
        json("config", "balances", "--json", "--checkpoint-handled", "7", "--emit", "false");
    assertThat(changed.path("checkpoint-handled").asInt()).isEqualTo(7);
    assertThat(changed.path("emit").asBoolean()).isFalse();
    assertThat(json("statistics", "balances", "--json").path("enabled").asBoolean()).isTrue();
    assertThat(run("config", "balances", "--checkpoint-handled", "0").err()).contains("above 0");
    assertThat(run("config", "balances", "--on-failure", "pray").err()).contains("park-event");
  }

  @Test
  void a_script_is_run_as_a_query() throws IOException {
    Files.writeString(
        directory.resolve("types.js"),
        "fromAll().when({ $init: () => ({}), $any(s, e) { s[e.eventType] = (s[e.eventType] ?? 0) + 1; } })");
    assertThat(ok("run", "types.js").out()).isEqualTo("{\"Deposited\":2,\"Withdrawn\":1}\n");
    Files.writeString(directory.resolve("quiet.js"), BALANCES.replaceAll("emit\\(.*\\);", ""));
    assertThat(ok("run", "quiet.js").lines())
        .containsExactly(
            "{\"partition\":\"account-7\",\"result\":{\"balance\":30}}",
            "{\"partition\":\"account-8\",\"result\":null}");
    assertThat(ok("run", "quiet.js", "--partition", "account-7").out())
        .isEqualTo("{\"balance\":30}\n");
    assertThat(ok("list").out()).doesNotContain("query");
    var emitting = run("run", "balances.js");
    assertThat(emitting.code()).isEqualTo(ExitCode.FAILED);
    assertThat(emitting.err()).contains("'emit' is not allowed", "; Event: Deposited 0@account-7");
  }

  @Test
  void debugging_shows_what_each_event_does() {
    var shown = ok("debug", "balances.js", "--all").out();
    assertThat(shown)
        .contains(
            "Deposited  0@account-7  in account-7",
            "    state: nothing → {\"balance\":50}",
            "    emits: {\"stream\":\"seen\",\"type\":\"Seen\",\"data\":{\"of\":\"account-7\"}}",
            "Withdrawn  1@account-7  in account-7",
            "    state.balance: 50 → 30",
            "    logs: left 30");
    assertThat(seen()).isZero();

    var lines = ok("debug", "balances.js", "--json", "--limit", "2").lines();
    assertThat(lines).hasSize(2);
    var step = JsonMapper.shared().readTree(lines.getFirst());
    assertThat(step.at("/event/type").asString()).isEqualTo("Deposited");
    assertThat(step.path("outcome").asString()).isEqualTo("handled");
    assertThat(step.path("stateBefore").isNull()).isTrue();
    assertThat(step.path("changes").path(0).path("after")).isEqualTo(step.path("stateAfter"));
    assertThat(step.at("/stateAfter/balance").asInt()).isEqualTo(50);
  }

  @Test
  void debugging_stops_where_it_is_told_and_shows_failures() {
    append("account-8", "Withdrawn", 6);
    var asked =
        shell.runWith(
            "state account-7\nwhat\ngo 9\n", onData("debug", "balances.js", "--from", "4"));
    assertThat(asked.code()).as("%s", asked).isZero();
    assertThat(asked.out())
        .contains("{\"balance\":30}\n", "fails: Error: overdrawn", "line 8, column")
        .doesNotContain("0@account-7");
    assertThat(asked.err()).contains("> ", "Enter for the next event", "No more events");
    assertThat(shell.runWith("quit\n", onData("debug", "balances.js")).out())
        .contains("0@account-7")
        .doesNotContain("0@account-8");
    assertThat(run("debug", "balances.js", "--from", "checkpoint").code())
        .isEqualTo(ExitCode.USAGE);
  }

  @Test
  void one_projection_that_is_asked_for_does_not_make_the_others_run() throws IOException {
    ok("create", "balances", "balances.js", "--emit");
    ok("state", "balances", "account-7");
    assertThat(seen()).isEqualTo(2);
    append("account-9", "Deposited", 1);
    Files.writeString(
        directory.resolve("count.js"),
        "fromAll().when({ $init: () => ({ n: 0 }), Deposited(s, e) { s.n++; } })");
    ok("create", "count", "count.js");
    assertThat(ok("state", "count").out()).isEqualTo("{\"n\":3}\n");
    assertThat(ok("run", "count.js").out()).isEqualTo("{\"n\":3}\n");
    assertThat(ok("state", "balances", "account-7", "--as-of", "2").code()).isZero();
    assertThat(seen()).isEqualTo(2);
    ok("state", "balances", "account-9");
    assertThat(seen()).isEqualTo(3);
  }
}
