// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.readmodels.Bank;
import io.leftfold.readmodels.Bank.Account;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pages and tables of a bank, on a disk.
final class FileReadModelTest {

  private static final int ACCOUNTS = 4;
  private static final FoldingOptions OPTIONS = FoldingOptions.defaults().withBatchEventsMax(3);

  private static final Pages<Account> PAGES =
      Pages.<Account>none()
          .each(
              "accounts/{}.html",
              (number, account) ->
                  Html.page(
                      "Account " + number,
                      Html.element("p", account.owner()),
                      Html.table(
                          List.of("day", "cents", "text"),
                          account.lines().stream()
                              .map(line -> List.of(line.day(), line.cents(), line.text()))
                              .toList())))
          .all(
              "accounts.csv",
              accounts ->
                  Csv.of(
                      List.of("account", "owner", "cents"),
                      accounts.entrySet().stream()
                          .map(one ->
                              List.of(one.getKey(), one.getValue().owner(), one.getValue().cents()))
                          .toList()));

  /// The process is no more.
  private static final class Killed extends VirtualMachineError {
    private static final long serialVersionUID = 1;
  }

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static FileReadModel<Account> open(Path directory) {
    return open(directory, () -> {});
  }

  private static FileReadModel<Account> open(Path directory, Runnable afterStep) {
    return FileReadModel.open(directory, Bank.BINDING, PAGES, afterStep);
  }

  private void fold(Path directory, int version) {
    fold(directory, version, () -> {});
  }

  private void fold(Path directory, int version, Runnable afterStep) {
    try (var readModel = open(directory, afterStep)) {
      Projector.of(store, Bank.overview(version), readModel, OPTIONS).catchUp();
    }
  }

  private static Map<String, String> pages(Path directory) throws IOException {
    var pages = new TreeMap<String, String>();
    var root = directory.resolve("pages");
    if (!Files.exists(root)) {
      return pages;
    }
    try (var files = Files.walk(root)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        pages.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return pages;
  }

  private Map<String, String> pagesOfAFoldFromZero() {
    var inMemory = new InMemoryReadModel<Account>();
    Projector.of(store, Bank.overview(1), inMemory, OPTIONS).catchUp();
    return pagesOf(inMemory);
  }

  private static Map<String, String> pagesOf(ReadModel<States<Account>> readModel) {
    var pages = new TreeMap<String, String>();
    readModel.read(
        Bank.NAME,
        accounts -> {
          var files = new TreeMap<>(PAGES.ofAll(accounts));
          accounts.all().forEach((number, account) -> files.putAll(PAGES.of(number, account)));
          files.forEach((path, text) -> pages.put("overview/" + path, new String(text, UTF_8)));
          return files;
        });
    return pages;
  }

  @Test
  void a_bank_has_a_page_for_each_account_and_a_table_of_all() throws IOException {
    Bank.open(store, ACCOUNTS);
    Bank.book(store, ACCOUNTS, 0, 10);

    fold(directory, 1);

    var pages = pages(directory);
    assertThat(pages.keySet())
        .containsExactly(
            "overview/accounts.csv",
            "overview/accounts/0.html",
            "overview/accounts/1.html",
            "overview/accounts/2.html",
            "overview/accounts/3.html");
    assertThat(pages).isEqualTo(pagesOfAFoldFromZero());
    assertThat(pages.get("overview/accounts/1.html"))
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "<td>2026-01-06</td><td>10</td>")
        .doesNotContain("<script>");
    assertThat(pages.get("overview/accounts.csv"))
        .isEqualTo(
            "\uFEFF"
                + """
                "account","owner","cents"
                "0","Ann ""A."" Other",120
                "1","<script>alert(1)</script>",51
                "2","'=1+1",14
                "3","Zoë, O'Neil & Söhne",67
                """
                    .replace("\n", "\r\n"));
  }

  /// Folds, and dies behind a step.
  ///
  /// @return whether it came to that step
  private boolean dies(Path here, int version, int step) {
    var steps = new AtomicInteger(step);
    try {
      fold(
          here,
          version,
          () -> {
            if (steps.getAndDecrement() == 0) {
              throw new Killed();
            }
          });
      return false;
    } catch (Killed _) {
      return true;
    }
  }

  /// Whatever is kept, by a process that folds nothing.
  private static void assertPagesAreOfWhatIsKept(Path here) throws IOException {
    try (var readModel = open(here)) {
      var kept = new TreeMap<String, String>();
      try {
        kept.putAll(pagesOf(readModel));
      } catch (IllegalStateException _) {
        // Nothing is kept yet.
      }
      assertThat(pages(here)).isEqualTo(kept);
    }
  }

  @Test
  void killed_behind_any_step_and_begun_again_the_files_are_those_of_a_fold_from_zero()
      throws IOException {
    Bank.open(store, 2);
    Bank.book(store, 2, 0, 2);
    var expected = pagesOfAFoldFromZero();

    for (var step = 0; ; step++) {
      var here = directory.resolve("killed" + step);
      var isKilled = dies(here, 1, step);

      assertPagesAreOfWhatIsKept(here);
      fold(here, 1);
      assertThat(pages(here)).as("killed behind step %d", step).isEqualTo(expected);
      if (!isKilled) {
        assertThat(step).isGreaterThan(20);
        return;
      }
    }
  }

  @Test
  void the_pages_of_another_version_take_the_place_however_it_is_killed() throws IOException {
    Bank.open(store, 2);
    var old = directory.resolve("old");
    fold(old, 1);
    Bank.book(store, 2, 0, 2);
    var expected = pagesOfAFoldFromZero();

    for (var step = 0; ; step++) {
      var here = directory.resolve("killed" + step);
      copy(old, here);
      Files.writeString(here.resolve("pages/overview/stranger.html"), "of another version");
      var isKilled = dies(here, 2, step);

      assertPagesAreOfWhatIsKept(here);
      fold(here, 2);
      assertThat(pages(here)).as("killed behind step %d", step).isEqualTo(expected);
      if (!isKilled) {
        assertThat(step).isGreaterThan(10);
        return;
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void whatever_is_left_of_what_is_kept_and_of_the_pages_it_goes_on() throws IOException {
    Bank.open(store, 2);
    fold(directory, 1);
    try (var readModel = open(directory)) {
      Bank.book(store, 2, 0, 2);
      Projector.of(store, Bank.overview(1), readModel, OPTIONS).catchUp();
    }
    var expected = pagesOfAFoldFromZero();
    var kept = Files.readAllBytes(directory.resolve("kept"));

    for (var length = kept.length; length > 7; length -= 31) {
      Files.write(directory.resolve("kept"), Arrays.copyOf(kept, length));
      Files.deleteIfExists(directory.resolve("pages/overview/accounts/1.html"));
      assertPagesAreOfWhatIsKept(directory);
      fold(directory, 1);
      assertThat(pages(directory)).as("%d bytes", length).isEqualTo(expected);
    }
    for (var at = 7; at < kept.length; at += 43) {
      var changed = kept.clone();
      changed[at] ^= 1;
      Files.write(directory.resolve("kept"), changed);
      fold(directory, 1);
      assertThat(pages(directory)).as("byte %d changed", at).isEqualTo(expected);
    }
    Files.writeString(directory.resolve("kept"), "of another program");
    assertThatThrownBy(() -> open(directory)).hasMessageContaining("folded again");
  }

  @Test
  void what_is_kept_does_not_grow_with_the_past() throws IOException {
    var states = new ProjectionVersion("texts", 1);
    var large = "x".repeat(300_000);
    try (var readModel =
        FileReadModel.open(directory, JsonBinding.jackson(Text.class), Pages.none())) {
      for (var i = 0; i < 30; i++) {
        var text = new Text(large + i);
        readModel.<Integer>transact(transaction -> {
          transaction.view(states).put("one", text);
          return 1;
        });
        assertThat(Files.size(directory.resolve("kept"))).isLessThan(2_500_000);
      }
    }
    try (var readModel =
        FileReadModel.open(directory, JsonBinding.jackson(Text.class), Pages.none())) {
      assertThat(
              readModel.<Map<String, Text>>transact(transaction -> transaction.view(states).all()))
          .containsExactly(Map.entry("one", new Text(large + 29)));
    }
  }

  record Text(String text) {}

  @Test
  void a_page_is_called_as_a_directory_was_and_the_other_way_round() throws IOException {
    Bank.open(store, ACCOUNTS);
    for (var path : List.of("accounts/{}", "accounts/{}/page.html", "accounts/{}")) {
      var pages = Pages.<Account>none().each(path, (_, account) -> account.toString());
      try (var readModel = FileReadModel.open(directory, Bank.BINDING, pages)) {
        Projector.of(store, Bank.overview(1), readModel, OPTIONS).catchUp();
      }
      assertThat(pages(directory))
          .hasSize(ACCOUNTS)
          .containsKey("overview/" + path.replace("{}", "3"));
    }
  }

  @Test
  void what_was_removed_is_nowhere_once_it_is_opened_again() throws IOException {
    Bank.open(store, ACCOUNTS);
    fold(directory, 1);
    try (var readModel = open(directory)) {
      readModel.<Integer>transact(transaction -> {
        transaction.view(new ProjectionVersion(Bank.NAME, 1)).remove("3");
        return 1;
      });
    }
    open(directory).close();

    assertThat(Files.readString(directory.resolve("kept"), ISO_8859_1))
        .contains("alert(1)")
        .doesNotContain("O'Neil");
    assertThat(pages(directory).keySet())
        .hasSize(ACCOUNTS)
        .doesNotContain("overview/accounts/3.html");
    assertThat(pages(directory).values()).noneMatch(text -> text.contains("O&#39;Neil"));
  }

  @Test
  void a_directory_has_one_reader_and_writer_at_a_time() {
    var readModel = open(directory);
    assertThatThrownBy(() -> open(directory))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("one process");
    readModel.close();
    assertThatThrownBy(() -> readModel.read(Bank.NAME, States::all))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    open(directory).close();
  }
}
