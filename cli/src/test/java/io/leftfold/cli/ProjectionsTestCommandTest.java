// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// `leftfold projections init`, `typings` and `test`.
final class ProjectionsTestCommandTest {

  /// Two accounts; a withdrawal of more than there is fails.
  private static final String SCRIPT =
      """
      fromCategory('account').foreachStream().when({
        $init: () => ({ balance: 0 }),
        Deposited(s, e) { s.balance += e.data.amount; linkTo('deposits', e); },
        Withdrawn(s, e) {
          if (e.data.amount > s.balance) throw new Error('overdrawn');
          s.balance -= e.data.amount;
          log('left', s.balance);
        },
      }).transformBy(s => s.balance > 10 ? { rich: true } : null);
      """;

  private static final String GIVEN =
      """
      {"stream": "account-7", "type": "Deposited", "data": {"amount": 50}}

      {"stream": "order-1", "type": "Deposited", "data": {"amount": 1}}
      {"stream": "account-8", "type": "Deposited", "data": {"amount": 5}}
      {"stream": "account-7", "type": "Withdrawn", "data": {"amount": 20}}
      """;

  private static final String OVERDRAWN =
      "{\"stream\": \"account-8\", \"type\": \"Withdrawn\", \"data\": {\"amount\": 6}}\n";

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init")
  private TestShell shell;

  @BeforeEach
  void write() throws IOException {
    shell = new TestShell(directory);
    write("balances.js", SCRIPT);
    write("given.txt", GIVEN);
  }

  private void write(String name, String text) throws IOException {
    var file = directory.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  private TestShell.Result expecting(String json) throws IOException {
    write("expected.txt", json);
    return shell.run(
        "projections", "test", "balances.js", "--given", "given.txt", "--expect", "expected.txt");
  }

  @Test
  void what_a_beginner_is_given_is_as_expected_and_never_written_over() {
    assertThat(shell.run("projections", "init", "first").lines())
        .contains("first/projections.d.ts", "first/jsconfig.json", "first/balances/projection.js");
    var tested = shell.run("projections", "test", "first");
    assertThat(tested.code()).as(tested.err()).isZero();
    assertThat(tested.lines())
        .containsExactly(
            "ok   first/balances/an-overdraft (2 events)",
            "ok   first/balances/deposits-and-withdrawals (3 events)",
            "2 cases, all as expected");

    var again = shell.run("projections", "init", "first");
    assertThat(again.code()).isEqualTo(ExitCode.FAILED);
    assertThat(again.err()).contains("first holds balances/projection.js");
  }

  @Test
  void typings_are_those_that_a_beginner_is_given() throws IOException {
    assertThat(shell.run("projections", "init", "first").code()).isZero();
    assertThat(shell.run("projections", "typings").out())
        .isEqualTo(Files.readString(directory.resolve("first/projections.d.ts")))
        .contains("declare function fromAll()");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"states": {"account-7": {"balance": 30.0}, "account-8": {"balance": 5}}}
          {"results": {"account-7": {"rich": true}, "account-8": null}}
          {"emitted": [{"stream": "deposits", "type": "$>"}, {"stream": "deposits", "type": "$>", "data": "0@account-8"}]}
          {"logged": ["left 30"], "fault": null, "faults": []}
          """)
  void what_is_as_expected_is_said_to_be(String json) throws IOException {
    var result = expecting(json);
    assertThat(result.out()).isEqualTo("ok   balances.js (4 events)\n1 case, all as expected\n");
    assertThat(result.code()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"states": {"account-7": {"balance": 31}, "account-8": {"balance": 5}}} | states["account-7"].balance: expected 31, got 30
          {"states": {"account-7": {"balance": 30}}} | states["account-8"]: expected nothing, got {"balance":5}
          {"states": {"account-7": {"balance": 30, "n": 1}, "account-8": {"balance": 5}}} | states["account-7"].n: expected 1, got nothing
          {"results": {"account-7": {"rich": 1}, "account-8": null}} | results["account-7"].rich: expected 1, got true
          {"emitted": [{"stream": "deposits", "type": "$>"}]} | emitted[1]: expected nothing, got {"stream":"deposits","type":"$>","data":"0@account-8"}
          {"emitted": [{"stream": "deposits", "type": "$>", "data": "1@account-7"}, {}]} | emitted[0].data: expected "1@account-7", got "0@account-7"
          {"logged": ["left 31"]} | logged[0]: expected "left 31", got "left 30"
          {"fault": "overdrawn"} | fault: expected "overdrawn", got null
          {"shared": {}} | shared: expected {}, got null
          {"balance": 30} | write {"states": {"<partition>": …}}
          """)
  void what_is_not_as_expected_is_said_with_its_place(String json, String said) throws IOException {
    var result = expecting(json);
    assertThat(result.out())
        .startsWith("FAIL balances.js (4 events)\n")
        .contains(said)
        .endsWith("1 case, 1 not as expected\n");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void a_failure_that_nobody_expects_is_said_with_line_and_event() throws IOException {
    write("given.txt", GIVEN + OVERDRAWN);
    var result =
        expecting(
            "{\"states\": {\"account-7\": {\"balance\": 30}, \"account-8\": {\"balance\": 5}}}");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.out())
        .contains(
            "line 5, column", "Error: overdrawn", "Withdrawn 1@account-8", "Partition: account-8");
  }

  @Test
  void failures_may_be_expected() throws IOException {
    write("given.txt", GIVEN + OVERDRAWN + OVERDRAWN);
    assertThat(expecting("{\"fault\": \"overdrawn\", \"emitted\": [{}, {}]}").code()).isZero();
    assertThat(
            expecting(
                    "{\"faults\": [{\"contains\": \"draw\", \"line\": 5, \"event\": 5, \"kind\": \"THROWN\", \"stateBefore\": {\"balance\": 5}}, \"overdrawn\"]}")
                .out())
        .startsWith("ok");
    assertThat(expecting("{\"faults\": [{\"contains\": \"dawn\", \"line\": 6}]}").out())
        .contains(
            "faults[0].contains: expected \"dawn\", got \"Error: overdrawn\"",
            "faults[0].line: expected 6, got 5",
            "faults[1]: expected nothing, got {");
  }

  @Test
  void a_script_that_is_none_fails_where_it_is_wrong() throws IOException {
    write("balances.js", "fromAll().wen({})");
    assertThat(expecting("{\"states\": {}}").out()).contains("line 1", "wen").startsWith("FAIL");
    assertThat(expecting("{\"fault\": {\"kind\": \"DEFINITION\", \"line\": 1}}").code()).isZero();
  }

  @Test
  void without_an_expectation_what_comes_of_it_is_shown_and_may_be_accepted() throws IOException {
    var shown = shell.run("projections", "test", "balances.js", "--given", "given.txt");
    assertThat(shown.code()).isZero();
    assertThat(JsonMapper.shared().readTree(shown.out()).at("/states/account-7/balance").asInt())
        .isEqualTo(30);

    write("cases/projection.js", SCRIPT);
    write("cases/one/given.ndjson", GIVEN);
    write("cases/deep/two/given.ndjson", OVERDRAWN);
    var nothing = shell.run("projections", "test", "cases");
    assertThat(nothing.code()).isEqualTo(ExitCode.FAILED);
    assertThat(nothing.err()).contains("deep/two", "--accept");
    assertThat(shell.run("projections", "test", "cases", "--accept").code()).isZero();
    var accepted = shell.run("projections", "test", "cases", "--json");
    assertThat(accepted.lines()).hasSize(2).allMatch(line -> line.contains("\"ok\":true"));
    assertThat(Files.readString(directory.resolve("cases/deep/two/expected.json")))
        .contains("overdrawn");
  }

  @Test
  void events_may_come_from_export_and_from_read() throws IOException {
    try (var store = LocalEventStore.open(directory.resolve("data"))) {
      store.append(
          StreamName.of("account-7"),
          ExpectedState.any(),
          ProposedEvent.json("Deposited", "{\"amount\":50}"),
          ProposedEvent.json("Withdrawn", "{\"amount\":20}"));
      store.append(
          StreamName.of("audited"),
          ExpectedState.any(),
          ProposedEvent.link(StreamName.of("account-7"), 1));
    }
    Files.delete(directory.resolve("given.txt"));
    assertThat(shell.run("export", "given.txt", "--data", "data").code()).isZero();
    assertThat(expecting("{\"states\": {\"account-7\": {\"balance\": 30}}}").out())
        .startsWith("ok");

    write(
        "balances.js",
        "fromStream('audited').when({ Withdrawn: (s, e) => ({ of: e.streamId, at: e.sequenceNumber, link: e.linkMetadataRaw }) })");
    var read = shell.run("read", "audited", "--json", "--resolve", "--data", "data");
    assertThat(read.out()).as(read.err()).contains("\"link\":");
    write("given.txt", read.out());
    assertThat(expecting("{\"state\": {\"of\": \"account-7\", \"at\": 1, \"link\": \"\"}}").out())
        .startsWith("ok");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"stream": "a"} | Line 1 of … "type" is missing
          {"stream": "a", "type": "b", "dat": {}} | Line 1 of … "dat" is unknown
          {"stream": "a", "type": "b", "revision": -1} | "revision" is a number from 0 on, got -1
          [] | A line is one JSON object
          {"stream" | It is not JSON
          """)
  void a_line_that_is_no_event_is_said(String line, String said) throws IOException {
    write("given.txt", line);
    var result = expecting("{}");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains(said.split(" … ")).contains("given.txt");
  }

  @Test
  void what_cannot_be_tested_is_said() throws IOException {
    assertThat(expecting("{").err()).contains("expected.txt is not JSON");
    assertThat(shell.run("projections", "test", "balances.js").code()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.run("projections", "test", "nowhere").code()).isEqualTo(ExitCode.USAGE);
    write("empty/projection.js", SCRIPT);
    assertThat(shell.run("projections", "test", "empty").err()).contains("There is no case");
    write("orphan/given.ndjson", GIVEN);
    assertThat(shell.run("projections", "test", "orphan").err()).contains("have no script");
  }
}
