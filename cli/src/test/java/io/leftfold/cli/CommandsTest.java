// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.cli.TestShell.Result;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CommandsTest {

  private static final JsonMapper JSON = JsonMapper.shared();

  @TempDir private Path directory;
  private TestShell shell;

  @BeforeEach
  void openShell() {
    shell = new TestShell(directory);
  }

  // ---- help

  @Test
  void without_a_command_it_says_what_there_is() {
    var result = shell.run();
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("serve", "append", "read", "tail", "streams", "stats", "check", "import")
        .contains("Exit codes:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "append",
        "read",
        "tail",
        "position-at",
        "streams",
        "stats",
        "check",
        "index",
        "index stats",
        "index verify",
        "index rebuild",
        "groups",
        "groups list",
        "groups show",
        "groups create",
        "groups update",
        "groups delete",
        "groups parked",
        "groups replay",
        "groups truncate",
        "groups restart",
        "projections",
        "projections init",
        "projections typings",
        "projections test",
        "projections run",
        "projections debug",
        "projections list",
        "projections statistics",
        "projections state",
        "projections result",
        "projections partitions",
        "projections parked",
        "projections create",
        "projections update",
        "projections cancel",
        "projections delete",
        "projections enable",
        "projections disable",
        "projections abort",
        "projections reset",
        "projections resume",
        "projections skip",
        "projections config",
        "scavenge",
        "backup",
        "restore",
        "repair",
        "import",
        "import git",
        "import kurrentdb",
        "export",
        "completion"
      })
  void every_command_explains_itself(String command) {
    var result = shell.run((command + " --help").split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Usage: leftfold " + command).contains("--help");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void a_command_is_built_without_the_others() {
    assertThat(subcommands("read", "a")).containsExactly("read");
    assertThat(subcommands("import", "git", ".")).containsExactly("import");
    assertThat(subcommands("index", "stats", "--json")).containsExactly("index");
  }

  @Test
  void what_speaks_of_all_commands_knows_all_under_the_names_they_give_themselves() {
    for (var arguments : List.of("", "--help", "apend", "completion bash", "train")) {
      var built = Main.commandLine(anyShell(), arguments.split(" ")).getSubcommands();
      assertThat(built).as(arguments).hasSizeGreaterThan(10);
      built.forEach((name, command) ->
          assertThat(command.getCommand().getClass().getAnnotation(Command.class).name())
              .isEqualTo(name));
    }
  }

  private Set<String> subcommands(String... arguments) {
    return Main.commandLine(anyShell(), arguments).getSubcommands().keySet();
  }

  private Shell anyShell() {
    return shell.shell(
        new byte[0], new ByteArrayOutputStream(), new ByteArrayOutputStream(), new Stop());
  }

  @Test
  void training_serves_and_asks_without_an_error() {
    var result = shell.run("train");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("Trained with 2000 events");
  }

  @Test
  void it_knows_its_version() {
    assertThat(shell.run("--version").out()).startsWith("leftfold ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void completion_scripts_know_commands_and_options(String which) {
    var result = shell.run("completion", which);
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .startsWith("#!/usr/bin/env bash")
        .contains("complete -F _complete_leftfold")
        .contains("--durability")
        .contains("zsh");
    for (var command : Main.commandLine(anyShell()).getSubcommands().keySet()) {
      var isHidden = command.equals("train");
      assertThat(result.out().contains("_picocli_leftfold_" + command.replace("-", "")))
          .as(command)
          .isEqualTo(!isHidden);
    }
  }

  // ---- scavenge

  @Test
  void a_scavenge_forgets_what_a_dry_run_promised() {
    var options = EngineOptions.defaults().withChunkBytesMax(4096);
    var stream = StreamName.of("short-1");
    try (var opened = LocalEventStore.open(directory.resolve("leftfold-data"), options)) {
      for (var i = 0; i < 20; i++) {
        opened.append(stream, ExpectedState.any(), ProposedEvent.binary("Filled", new byte[1000]));
      }
      opened.delete(stream, ExpectedState.any());
    }
    var promised = JSON.readTree(shell.run("scavenge", "--dry-run", "--json").out());
    assertThat(promised.get("outcome").asString()).isEqualTo("success");
    assertThat(promised.get("eventsForgotten").asLong()).isGreaterThan(10);

    var done = JSON.readTree(shell.run("scavenge", "--json").out());
    assertThat(done.get("eventsForgotten")).isEqualTo(promised.get("eventsForgotten"));
    assertThat(done.get("bytesFreed")).isEqualTo(promised.get("bytesFreed"));

    assertThat(shell.run("check").out()).contains("were forgotten by scavenges", "is sound");
    assertThat(shell.run("scavenge").out()).startsWith("0 of ");
  }

  @Test
  void a_scavenge_of_a_server_takes_no_options_that_the_wire_has_no_words_for() {
    var result =
        shell.run("scavenge", "--dry-run", "--connect", "kurrentdb://127.0.0.1:1?tls=false");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.run("scavenge", "--stop", "x").code()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.run("scavenge", "--threshold", "101").code()).isEqualTo(ExitCode.USAGE);
  }

  // ---- backup

  @Test
  void a_store_is_backed_up_restored_and_repaired() throws IOException {
    var options = EngineOptions.defaults().withChunkBytesMax(4096);
    try (var opened = LocalEventStore.open(directory.resolve("a"), options)) {
      for (var i = 0; i < 20; i++) {
        opened.append(
            StreamName.of("s"), ExpectedState.any(), ProposedEvent.binary("Filled", new byte[900]));
      }
    }
    var backup = JSON.readTree(shell.run("backup", "--data", "a", "--to", "b", "--json").out());
    assertThat(backup.get("nextPosition").asLong()).isEqualTo(21);
    assertThat(shell.run("check", "--data", "b").code()).isZero();
    assertThat(shell.run("backup", "--data", "a", "--to", "b").out())
        .contains("1 log files copied");

    assertThat(shell.run("restore", "--from", "b", "--to", "c", "--position", "7").out())
        .contains("before position 8");
    assertThat(shell.run("read", "--all", "--json", "--data", "c").out().lines()).hasSize(8);
    assertThat(shell.run("restore", "--from", "b", "--to", "c").code()).isEqualTo(ExitCode.USAGE);
    assertThat(shell.run("restore", "--from", "b", "--to", "d", "--time", "noon").code())
        .isEqualTo(ExitCode.USAGE);

    var chunk = directory.resolve("a/log/chunk-000001.log");
    try (var file = new RandomAccessFile(chunk.toFile(), "rw")) {
      file.seek(800);
      file.write(77);
    }
    var damage =
        JSON.readTree(shell.run("check", "--data", "a", "--json").out()).get("damages").get(0);
    assertThat(damage.get("firstPosition").asLong()).isPositive();
    assertThat(shell.run("repair", "--data", "a", "--from", "b").out())
        .startsWith("Replaced: ")
        .contains("chunk-000001.log");
    assertThat(shell.run("check", "--data", "a").code()).isZero();
    assertThat(shell.run("repair", "--data", "a", "--from", "b").out()).contains("needs no repair");
  }

  // ---- which store

  @Test
  void without_a_store_a_command_says_how_to_name_one() {
    var result = shell.run("read", "a");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err())
        .contains("No store was named")
        .contains("--data <directory>")
        .contains("--connect <connection string>")
        .contains("leftfold serve");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void the_directory_that_serve_makes_is_the_default() throws IOException {
    Files.createDirectory(directory.resolve("leftfold-data"));
    assertThat(shell.run("append", "a", "--type", "T").code()).isZero();
    assertThat(shell.run("read", "a").out()).contains("0@a");
  }

  @Test
  void a_directory_and_a_server_exclude_each_other() {
    var result = shell.run("read", "a", "--data", "d", "--connect", "kurrentdb://x");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("mutually exclusive");
  }

  @Test
  void reading_makes_no_directory() {
    var result = shell.run("read", "a", "--data", "absent");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("There is no directory absent");
    assertThat(directory.resolve("absent")).doesNotExist();
  }

  @Test
  void a_directory_without_a_store_stays_as_it_is() throws IOException {
    Files.createDirectory(directory.resolve("empty"));
    for (var command : List.of("read", "streams", "stats", "export")) {
      var arguments = new ArrayList<>(List.of(command, "--data", "empty"));
      if (command.equals("read")) {
        arguments.add("--all");
      }
      var result = shell.run(arguments.toArray(String[]::new));
      assertThat(result.code()).isEqualTo(ExitCode.FAILED);
      assertThat(result.err()).contains("holds no store");
    }
    assertThat(directory.resolve("empty")).isEmptyDirectory();
  }

  @Test
  void a_directory_that_is_in_use_is_neither_written_to_nor_read() {
    try (var store = LocalEventStore.open(directory.resolve("d"))) {
      assertThat(store.lastPosition()).isPresent();
      var result = shell.run("append", "a", "--type", "T", "--data", "d");
      assertThat(result.code()).isEqualTo(ExitCode.UNAVAILABLE);
      assertThat(result.err()).contains("is open already");
      assertThat(shell.run("read", "a", "--data", "d").code()).isEqualTo(ExitCode.UNAVAILABLE);
    }
  }

  @Test
  void a_server_that_is_not_there_is_unavailable() {
    var result =
        shell.run(
            "read", "a", "--connect", "kurrentdb://127.0.0.1:1?tls=false&maxDiscoverAttempts=1");
    assertThat(result.code()).isEqualTo(ExitCode.UNAVAILABLE);
    assertThat(result.err()).startsWith("leftfold: ").doesNotContain("\tat ");
  }

  // ---- append and read

  @Test
  void what_is_appended_is_read() {
    var appended = append("account-7", "{\"amount\":50}", "--type", "MoneyDeposited");
    assertThat(appended.code()).isZero();
    assertThat(appended.out())
        .isEqualTo("Appended MoneyDeposited to account-7 at revision 0, position 1\n");

    var read = shell.run("read", "account-7", "--data", "d");
    assertThat(read.code()).isZero();
    assertThat(read.lines()).hasSize(2);
    assertThat(read.lines().getFirst()).contains("0@account-7  MoneyDeposited  20");
    assertThat(read.lines().getLast()).endsWith("{\"amount\":50}");
  }

  @Test
  void all_of_an_event_comes_back_as_json() {
    append(
        "a",
        "{\"n\":1}",
        "--type",
        "T",
        "--metadata",
        "{\"who\":\"me\"}",
        "--tag",
        "k:1",
        "--tag",
        "k:2",
        "--id",
        "11111111-1111-4111-8111-111111111111");

    var event = json(shell.run("read", "a", "--json", "--data", "d"));

    assertThat(event.get("position").asInt()).isEqualTo(1);
    assertThat(event.get("stream").asString()).isEqualTo("a");
    assertThat(event.get("revision").asInt()).isZero();
    assertThat(event.get("id").asString()).isEqualTo("11111111-1111-4111-8111-111111111111");
    assertThat(event.get("type").asString()).isEqualTo("T");
    assertThat(event.get("contentType").asString()).isEqualTo("application/json");
    assertThat(event.get("data").get("n").asInt()).isEqualTo(1);
    assertThat(event.get("metadata").get("who").asString()).isEqualTo("me");
    assertThat(event.get("tags").valueStream().map(JsonNode::asString))
        .containsExactly("k:1", "k:2");
  }

  @Test
  void a_repeated_append_is_told_apart() {
    String[] options = {"--type", "T", "--id", "11111111-1111-4111-8111-111111111111", "--json"};
    assertThat(json(append("a", "{}", options)).get("idempotent").asBoolean()).isFalse();
    var again = json(append("a", "{}", options));
    assertThat(again.get("idempotent").asBoolean()).isTrue();
    assertThat(again.get("revision").asInt()).isZero();
  }

  @Test
  void an_expectation_that_does_not_hold_is_a_conflict() {
    append("a", "{}", "--type", "T");

    assertThat(append("a", "{}", "--type", "T", "--expect", "0").code()).isZero();
    assertThat(append("a", "{}", "--type", "T", "--expect", "exists").code()).isZero();
    var result = append("a", "{}", "--type", "T", "--expect", "no-stream");
    assertThat(result.code()).isEqualTo(ExitCode.CONFLICT);
    assertThat(result.err())
        .isEqualTo("leftfold: Append to a expected no stream, but the stream is at revision 2\n");
    assertThat(append("a", "{}", "--type", "T", "--expect", "soon").err())
        .contains("expected any, no-stream, exists or a revision from 0, got \"soon\"");
  }

  @Test
  void data_comes_from_an_argument_a_file_or_standard_input() throws IOException {
    Files.writeString(directory.resolve("data.json"), "{\"from\":\"file\"}");
    append("a", "{\"from\":\"argument\"}", "--type", "T");
    shell.run("append", "a", "--file", "data.json", "--type", "T", "--data", "d");
    shell.runWith("{\"from\":\"input\"}", "append", "a", "-", "--type", "T", "--data", "d");
    shell.run("append", "a", "--type", "T", "--data", "d");

    assertThat(shell.run("read", "a", "--data", "d").lines())
        .filteredOn(line -> line.contains("{"))
        .extracting(String::strip)
        .containsExactly(
            "{\"from\":\"argument\"}", "{\"from\":\"file\"}", "{\"from\":\"input\"}", "{}");
  }

  @Test
  void data_that_is_not_json_is_refused_unless_it_is_said_to_be_bytes() {
    var refused = append("a", "{\"n\":}", "--type", "T");
    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err())
        .contains("The data is not JSON")
        .contains("column")
        .contains("--binary");
    assertThat(append("a", "{\"n\":}", "--type", "T", "--binary").code()).isZero();
    assertThat(append("a", "{}", "--type", "T", "--metadata", "x").err())
        .contains("The metadata is not JSON");
  }

  @Test
  void bytes_and_control_characters_do_not_reach_the_terminal() {
    shell.runWith(
        new byte[] {0, 27, 'c', (byte) 0xff},
        new Stop(),
        "append",
        "a",
        "-",
        "--type",
        "T",
        "--binary",
        "--data",
        "d");
    append(
        "a",
        "\"\u001b[31mred\u001b[0m \u202e reversed\"",
        "--type",
        "T\u001b]0;x\u0007",
        "--binary");

    var out = shell.run("read", "a", "--data", "d").out();

    assertThat(out).contains("4 bytes: 00 1b 63 ff");
    assertThat(out).contains("\\u001b[31mred").contains("T\\u001b]0;x\\u0007");
    assertThat(out.chars().filter(c -> c != '\n')).allMatch(c -> c >= ' ' && c != 0x202e);
  }

  @Test
  void reads_go_both_ways_from_anywhere_with_a_limit() {
    for (var i = 0; i < 5; i++) {
      append("a", String.valueOf(i), "--type", "T");
    }
    assertThat(data("read", "a")).containsExactly("0", "1", "2", "3", "4");
    assertThat(data("read", "a", "--from", "3")).containsExactly("3", "4");
    assertThat(data("read", "a", "--backwards", "--limit", "2")).containsExactly("4", "3");
    assertThat(data("read", "a", "-b", "--from", "1")).containsExactly("1", "0");
    assertThat(data("read", "--all", "--from", "4", "-n", "1")).containsExactly("3");
    var wrong = shell.run("read", "a", "--from", "-1", "--data", "d");
    assertThat(wrong.code()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err()).contains("A read starts at 0 or later, got -1");
  }

  @Test
  void all_streams_are_filtered_in_every_way() {
    append("account-1", "1", "--type", "MoneyDeposited", "--tag", "x");
    append("account-2", "2", "--type", "MoneyWithdrawn", "--tag", "x", "--tag", "y");
    append("order-1", "3", "--type", "OrderPlaced", "--tag", "y");

    assertThat(data("read", "--all", "--no-system")).containsExactly("1", "2", "3");
    assertThat(data("read", "--all", "--category", "account")).containsExactly("1", "2");
    assertThat(data("read", "--all", "--type", "OrderPlaced")).containsExactly("3");
    assertThat(data("read", "--all", "--type", "OrderPlaced", "--type", "MoneyDeposited"))
        .containsExactly("1", "3");
    assertThat(data("read", "--all", "--filter-type-prefix", "Money")).containsExactly("1", "2");
    assertThat(data("read", "--all", "--filter-type-regex", "ed$", "--backwards"))
        .containsExactly("3", "1");
    assertThat(
            data(
                "read",
                "--all",
                "--filter-stream-prefix",
                "order",
                "--filter-stream-prefix",
                "account-2"))
        .containsExactly("2", "3");
    assertThat(data("read", "--all", "--filter-stream-regex", "-1$")).containsExactly("1", "3");
    assertThat(data("read", "--all", "--tag", "x", "--tag", "y")).containsExactly("2");
    assertThat(shell.run("read", "--all", "--filter-type-regex", "(", "--data", "d").code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(shell.run("read", "a", "--category", "c", "--data", "d").err())
        .contains("use it with --all");
    assertThat(shell.run("read", "--data", "d").err())
        .contains("either a stream or --all, got neither");
  }

  @Test
  void virtual_streams_are_read_through_their_links() {
    append("account-1", "1", "--type", "T");
    append("account-2", "2", "--type", "T");

    var resolved = shell.run("read", "$ce-account", "--resolve", "--data", "d");

    assertThat(resolved.lines().getFirst()).contains("via 0@$ce-account");
    assertThat(resolved.out()).contains("0@account-1").contains("0@account-2");
    assertThat(
            json(shell.run("read", "$et-T", "--resolve", "--json", "-n", "1", "--data", "d"))
                .get("link")
                .get("type")
                .asString())
        .isEqualTo("$>");
  }

  @Test
  void a_stream_without_events_is_said_to_be_so() {
    append("a", "{}", "--type", "T");
    var result = shell.run("read", "b", "--data", "d");
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("Stream b has no events: it does not exist");
    assertThat(shell.run("read", "b", "--json", "--data", "d").err()).isEmpty();
  }

  // ---- tail

  @Test
  void tail_shows_what_is_there_when_asked_and_ends_at_its_limit() {
    append("a", "1", "--type", "T");
    append("a", "2", "--type", "T");
    append("b", "3", "--type", "T");

    assertThat(data("tail", "a", "--from-start", "--limit", "2")).containsExactly("1", "2");
    assertThat(data("tail", "a", "--after", "0", "--limit", "1")).containsExactly("2");
    assertThat(data("tail", "--after", "2", "--limit", "1")).containsExactly("3");
    assertThat(data("tail", "--from-start", "--no-system", "--limit", "1")).containsExactly("1");
  }

  @Test
  void tail_ends_when_it_is_told_to() {
    append("a", "1", "--type", "T");
    var stop = new Stop();
    stop.request();
    assertThat(shell.runWith(new byte[0], stop, "tail", "--data", "d").code()).isZero();
  }

  // ---- streams, stats, check

  @Test
  void streams_are_listed_with_their_state() {
    append("b", "{}", "--type", "T");
    append("a", "{}", "--type", "T");
    append("a", "{}", "--type", "T");
    append("c-1", "{}", "--type", "T");
    try (var store = LocalEventStore.open(directory.resolve("d"))) {
      store.delete(StreamName.of("b"), ExpectedState.any());
    }

    assertThat(shell.run("streams", "--data", "d").lines())
        .extracting(line -> line.replaceAll(" +", " "))
        .containsExactly(
            "stream last revision state", "a 1 present", "b 0 deleted", "c-1 0 present");
    assertThat(shell.run("streams", "--prefix", "c", "--data", "d").lines()).hasSize(2);
    assertThat(shell.run("streams", "--system", "--data", "d").out()).contains("$genesis", "$$b");
    var first = shell.run("streams", "--limit", "1", "--data", "d");
    assertThat(first.lines()).hasSize(2);
    assertThat(first.err()).contains("There are more: --after 'a'");
    assertThat(shell.run("streams", "--limit", "1", "--after", "a", "--data", "d").out())
        .contains("b ");
    var json = json(shell.run("streams", "--json", "--limit", "1", "--data", "d"));
    assertThat(json.get("stream").asString()).isEqualTo("a");
    assertThat(json.get("lastRevision").asInt()).isEqualTo(1);
  }

  @Test
  void figures_are_shown() {
    append("a-1", "{}", "--type", "T", "--tag", "x");
    assertThat(shell.run("stats", "--data", "d").out()).contains("events", "streams", "log-bytes");
    var json = json(shell.run("stats", "--json", "--data", "d"));
    assertThat(json.get("events").asInt()).isEqualTo(2);
    assertThat(json.get("tags").asInt()).isEqualTo(1);
    assertThat(json.get("last-position").asInt()).isEqualTo(1);
  }

  @Test
  void it_is_shown_of_which_types_and_categories_there_are_how_many_events() {
    append("a-1", "{}", "--type", "Rare");
    append("a-1", "{}", "--type", "Frequent");
    append("b-1", "{}", "--type", "Frequent");

    assertThat(shell.run("stats", "--data", "d").lines())
        .extracting(line -> line.replaceAll(" +", " "))
        .containsSubsequence(
            "type events", "Frequent 2", "Rare 1", "category events", "a 2", "b 1");
    var json = json(shell.run("stats", "--json", "--data", "d"));
    assertThat(json.get("events-by-type").get("Frequent").asInt()).isEqualTo(2);
    assertThat(json.get("events-by-category").toString()).isEqualTo("{\"a\":2,\"b\":1}");
  }

  // ---- time

  @Test
  void a_store_is_read_as_it_was() {
    appendAtTimes();

    assertThat(types("read", "account-7", "--as-of", "2026-07-17T14:02:00Z")).isEqualTo("A B");
    assertThat(types("read", "account-7", "--as-of", "2026-07-17T16:01:59+02:00")).isEqualTo("A");
    assertThat(types("read", "account-7", "--as-of", "2")).isEqualTo("A");
    assertThat(types("read", "account-7", "--as-of", "2026-07-17T14:03:00Z")).isEqualTo("A B C");
    assertThat(types("read", "--all", "--no-system", "--from-time", "2026-07-17T14:02:00Z"))
        .isEqualTo("B C");
    assertThat(types("read", "account-7", "-b", "--from-time", "2026-07-17T14:02:30Z"))
        .isEqualTo("B A");
    assertThat(types("tail", "account-7", "--from-time", "2026-07-17T14:02:00Z", "-n", "2"))
        .isEqualTo("B C");
    assertThat(shell.run("position-at", "2026-07-17T14:02:00Z", "--data", "d").out())
        .isEqualTo("2\n");
    assertThat(shell.run("position-at", "2126-07-17T14:02:00Z", "--data", "d").out())
        .isEqualTo("4\n");
  }

  /// A at 14:01, B at 14:02, C at 14:03.
  private void appendAtTimes() {
    var clock = new ManualClock(Instant.parse("2026-07-17T14:00:00Z"));
    var options = EngineOptions.defaults().withClock(clock);
    try (var store = LocalEventStore.open(directory.resolve("d"), options)) {
      for (var type : List.of("A", "B", "C")) {
        clock.advance(Duration.ofMinutes(1));
        store.append(
            StreamName.of("account-7"), ExpectedState.any(), ProposedEvent.json(type, "{}"));
      }
    }
  }

  private String types(String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--json", "--data", "d"));
    var result = shell.run(all.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    return String.join(
        " ",
        result.lines().stream().map(line -> JSON.readTree(line).get("type").asString()).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "2026-07-17", "2026-07-17T14:02:00", "14:02", "-1", "1e3"})
  void a_time_without_date_and_offset_is_refused(String time) {
    append("a", "1", "--type", "T");
    for (var arguments :
        List.of(
            List.of("read", "a", "--as-of=" + time),
            List.of("read", "a", "--from-time=" + time),
            List.of("position-at", "--", time))) {
      var all = new ArrayList<>(List.of("--data", "d"));
      all.addAll(0, List.of(arguments.getFirst()));
      all.addAll(arguments.subList(1, arguments.size()));
      var result = shell.run(all.toArray(String[]::new));
      assertThat(result.code()).isEqualTo(ExitCode.USAGE);
      assertThat(result.err()).contains("2026-07-17T14:02:00Z", time);
    }
  }

  @Test
  void an_expression_that_cannot_be_used_is_refused_with_the_reason() {
    append("a", "1", "--type", "T");
    var result = shell.run("read", "--all", "--filter-type-regex", "(a)\\1", "--data", "d");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("The expression (a)\\1 cannot be used", "no back-reference");
  }

  @Test
  void a_sound_store_passes_the_check() {
    append("a", "{}", "--type", "T");
    var result = shell.run("check", "--data", "d");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("is sound: 2 events in 2 streams");
    assertThat(json(shell.run("check", "--json", "--data", "d")).get("sound").asBoolean()).isTrue();
  }

  @Test
  void a_flipped_bit_is_found_and_everything_before_can_still_be_read() throws IOException {
    append("a", "\"first\"", "--type", "T");
    append("a", "\"second\"", "--type", "T");
    append("a", "\"third\"", "--type", "T");
    flipBitOf("second");

    var result = shell.run("check", "--data", "d");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.out()).contains("Damaged: ").contains("is damaged in");
    var json = json(shell.run("check", "--json", "--data", "d"));
    assertThat(json.get("sound").asBoolean()).isFalse();
    assertThat(json.get("damages").get(0).get("file").asString()).isNotEmpty();
    assertThat(json.get("damages").get(0).get("offset").asLong()).isPositive();

    var write = shell.run("append", "a", "--type", "T", "--data", "d");
    assertThat(write.code()).isEqualTo(ExitCode.FAILED);
    assertThat(write.err()).contains("is damaged at byte").doesNotContain("\tat ");
    assertThat(shell.run("read", "a", "--limit", "1", "--data", "d").out()).contains("first");
    for (var what :
        List.of(List.of("read", "a"), List.of("read", "--all"), List.of("export", "--stream=a"))) {
      var words = new ArrayList<>(what);
      words.addAll(List.of("--data", "d"));
      var whole = shell.run(words.toArray(String[]::new));
      assertThat(whole.code()).as("%s", what).isEqualTo(ExitCode.FAILED);
      assertThat(whole.out()).contains("first", "third").doesNotContain("second");
      assertThat(whole.err()).contains("n 1 places events could not be read");
    }
  }

  private void flipBitOf(String text) throws IOException {
    try (var files = Files.walk(directory.resolve("d"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        var at = bytes.indexOf(text);
        if (at >= 0) {
          try (var open = new RandomAccessFile(file.toFile(), "rw")) {
            open.seek(at);
            open.write(text.charAt(0) ^ 1);
          }
          return;
        }
      }
    }
    throw new AssertionError("No file holds " + text);
  }

  @Test
  void an_index_is_verified_and_made_anew() throws IOException {
    append("a", "{}", "--type", "T");
    var result = shell.run("index", "verify", "--data", "d");
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("is sound: 0 files of 0 bytes cover 0 of 2 events");
    var file = directory.resolve("d/index/segment-000000000000-000000000002.index");
    Files.write(file, new byte[1000]);

    var damaged = shell.run("index", "verify", "--data", "d");
    assertThat(damaged.code()).isEqualTo(ExitCode.FAILED);
    assertThat(damaged.out())
        .contains("Damaged: " + file)
        .contains("first bytes")
        .contains("index rebuild");
    var json = json(shell.run("index", "verify", "--json", "--data", "d"));
    assertThat(json.get("sound").asBoolean()).isFalse();
    assertThat(json.get("damages").get(0).get("file").asString()).isEqualTo(file.toString());

    assertThat(shell.run("index", "rebuild", "--data", "d").code()).isZero();
    assertThat(file).doesNotExist();
    assertThat(shell.run("index", "verify", "--data", "d").code()).isZero();
    var stats = json(shell.run("index", "stats", "--json", "--data", "d"));
    assertThat(stats.get("files").asInt()).isZero();
    assertThat(stats.get("memory-events").asInt()).isEqualTo(2);
  }

  @Test
  void index_alone_says_what_can_be_done_with_one() {
    var result = shell.run("index");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("stats, verify, rebuild");
  }

  // ---- errors

  @Test
  void a_misspelt_command_or_option_is_answered_with_advice() {
    var command = shell.run("apend", "a");
    assertThat(command.code()).isEqualTo(ExitCode.USAGE);
    assertThat(command.err()).contains("apend").contains("Did you mean").contains("--help");
    var option = shell.run("append", "a", "--typo", "T");
    assertThat(option.code()).isEqualTo(ExitCode.USAGE);
    assertThat(option.err()).contains("--typo").contains("leftfold append --help");
  }

  @Test
  void a_stack_trace_is_shown_on_request_only() {
    append("a", "{}", "--type", "T");
    String[] failing = {"append", "a", "--type", "T", "--expect", "9", "--data", "d"};
    assertThat(shell.run(failing).err()).doesNotContain("WrongExpectedStateException");
    assertThat(
            shell
                .run(
                    "--stack-trace",
                    failing[0],
                    failing[1],
                    failing[2],
                    failing[3],
                    failing[4],
                    failing[5],
                    failing[6],
                    failing[7])
                .err())
        .contains("WrongExpectedStateException");
  }

  private Result append(String stream, String data, String... options) {
    var arguments = new ArrayList<>(List.of("append", stream, data, "--data", "d"));
    arguments.addAll(List.of(options));
    return shell.run(arguments.toArray(String[]::new));
  }

  private List<String> data(String... arguments) {
    var all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--json", "--data", "d"));
    var result = shell.run(all.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    return result.lines().stream()
        .map(JSON::readTree)
        .filter(event -> !event.get("stream").asString().startsWith("$"))
        .map(event -> event.get("data").toString())
        .toList();
  }

  private static JsonNode json(Result result) {
    return JSON.readTree(result.out());
  }
}
