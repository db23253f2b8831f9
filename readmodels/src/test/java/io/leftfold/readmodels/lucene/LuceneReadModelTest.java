// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.readmodels.Bank;
import io.leftfold.readmodels.Bank.Account;
import io.leftfold.readmodels.lucene.DyingDirectory.Killed;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.testkit.Steps;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.States;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The accounts of a bank, searched by words.
final class LuceneReadModelTest {

  private static final int ACCOUNTS = 4;
  private static final FoldingOptions OPTIONS = FoldingOptions.defaults().withBatchEventsMax(3);

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());

  @AfterEach
  void closeStore() {
    store.close();
  }

  private static LuceneReadModel<Account> open(Directory directory) {
    return LuceneReadModel.open(
        directory, new StandardAnalyzer(), Bank.BINDING, LuceneReadModelTest::document);
  }

  private static Document document(String number, Account account) {
    var document = new Document();
    document.add(new TextField("owner", account.owner(), Store.NO));
    document.add(new LongPoint("cents", account.cents()));
    account.lines().forEach(line -> document.add(new TextField("text", line.text(), Store.NO)));
    return document;
  }

  private void fold(LuceneReadModel<Account> readModel, int version) {
    Projector.of(store, Bank.overview(version), readModel, OPTIONS).catchUp();
  }

  private Map<String, Account> foldFromZero() {
    var inMemory = new InMemoryReadModel<Account>();
    Projector.of(store, Bank.overview(1), inMemory, OPTIONS).catchUp();
    return inMemory.read(Bank.NAME, States::all);
  }

  private static List<String> found(
      LuceneReadModel<Account> readModel, String field, String words) {
    return readModel.search(Bank.NAME, field, words, 10).stream().map(Hit::partition).toList();
  }

  @Test
  void accounts_are_found_by_words_and_by_queries() {
    Bank.open(store, ACCOUNTS);
    Bank.book(store, ACCOUNTS, 0, 10);
    try (var readModel = open(new ByteBuffersDirectory())) {
      fold(readModel, 1);

      assertThat(found(readModel, "owner", "ann OTHER")).containsExactly("0");
      assertThat(found(readModel, "owner", "söhne")).containsExactly("3");
      assertThat(found(readModel, "owner", "ann söhne")).isEmpty();
      assertThat(found(readModel, "text", "7")).containsExactly("3");
      assertThat(readModel.search(Bank.NAME, LongPoint.newRangeQuery("cents", 60, 1000), 10))
          .extracting(Hit::partition)
          .containsExactlyInAnyOrder("0", "3");
      assertThat(readModel.search(Bank.NAME, MatchAllDocsQuery.INSTANCE, 10))
          .allSatisfy(
              hit -> assertThat(hit.state()).isEqualTo(foldFromZero().get(hit.partition())));
      assertThat(readModel.search(Bank.NAME, MatchAllDocsQuery.INSTANCE, 3)).hasSize(3);
      assertThat(readModel.<Map<String, Account>>read(Bank.NAME, States::all))
          .isEqualTo(foldFromZero());
    }
  }

  @Test
  void whatever_somebody_types_is_only_words() {
    Bank.open(store, ACCOUNTS);
    try (var readModel = open(new ByteBuffersDirectory())) {
      fold(readModel, 1);

      for (var typed :
          List.of("", " ", "***", "owner:[* TO *]", "(((", "\"", "/.*/", "ann~ AND \\")) {
        assertThat(found(readModel, "owner", typed)).as(typed).isEmpty();
      }
      assertThat(found(readModel, "owner", "(script:\"alert\"")).containsExactly("1");
      assertThat(found(readModel, "$version", "overview, version 1")).isEmpty();
    }
  }

  @Test
  void killed_at_any_call_and_begun_again_it_is_the_fold_from_zero() throws IOException {
    Bank.open(store, ACCOUNTS);
    var before = new ByteBuffersDirectory();
    try (var readModel = open(before)) {
      fold(readModel, 1);
    }
    Bank.book(store, ACCOUNTS, 0, 5);
    var expected = foldFromZero();

    for (var call = Math.floorMod(Steps.seed(), 4); ; call += 4) {
      var directory = new DyingDirectory(before, call);
      try (var dying = open(directory)) {
        fold(dying, 1);
      } catch (Killed _) {
        // What is left of it is looked at.
      }
      if (directory.isAlive()) {
        assertThat(call).isGreaterThan(20);
        return;
      }
      for (var left : List.of(directory.leftByProcess(), directory.leftByMachine())) {
        try (var readModel = open(left)) {
          var kept = readModel.<Map<String, Account>>read(Bank.NAME, States::all);
          assertThat(kept).as("killed at call %d", call).hasSize(ACCOUNTS);
          fold(readModel, 1);
          assertThat(readModel.<Map<String, Account>>read(Bank.NAME, States::all))
              .as("killed at call %d", call)
              .isEqualTo(expected);
          assertThat(found(readModel, "text", "4")).containsExactly("0");
        }
      }
    }
  }

  @Test
  void a_version_that_is_built_is_found_when_it_takes_the_place() {
    Bank.open(store, ACCOUNTS);
    try (var readModel = open(new ByteBuffersDirectory())) {
      fold(readModel, 1);
      var next = Projector.of(store, Bank.overview(2), readModel, OPTIONS);
      next.step();
      next.step();
      assertThat(found(readModel, "owner", "ann")).containsExactly("0");
      next.catchUp();
      readModel.drop(new ProjectionVersion(Bank.NAME, 1));
      Bank.book(store, ACCOUNTS, 0, 1);
      next.catchUp();

      assertThat(found(readModel, "owner", "ann")).containsExactly("0");
      assertThat(found(readModel, "text", "0")).containsExactly("0");
      assertThat(readModel.<Map<String, Account>>read(Bank.NAME, States::all))
          .isEqualTo(foldFromZero());
    }
  }

  @Test
  void names_of_fields_are_not_those_of_the_read_model() {
    Bank.open(store, 1);
    try (var readModel =
        LuceneReadModel.open(
            new ByteBuffersDirectory(),
            new StandardAnalyzer(),
            Bank.BINDING,
            (_, _) -> {
              var document = new Document();
              document.add(new StringField("$key", "forged", Store.YES));
              return document;
            })) {
      var projector = Projector.of(store, Bank.overview(1), readModel, OPTIONS.withAttemptsMax(1));
      projector.catchUp();
      assertThat(projector.parked())
          .singleElement()
          .satisfies(parked -> assertThat(parked.failure()).contains("$key"));
    }
  }

  @Test
  void an_index_on_a_disk_has_one_process_and_is_there_when_it_is_opened_again(@TempDir Path path)
      throws IOException {
    Bank.open(store, ACCOUNTS);
    try (var directory = FSDirectory.open(path);
        var other = FSDirectory.open(path)) {
      try (var readModel = open(directory)) {
        fold(readModel, 1);
        assertThatThrownBy(() -> open(other)).isInstanceOf(UncheckedIOException.class);
      }
      var again = open(other);
      assertThat(found(again, "owner", "ann")).containsExactly("0");
      again.close();
      assertThatThrownBy(() -> found(again, "owner", "ann"))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
