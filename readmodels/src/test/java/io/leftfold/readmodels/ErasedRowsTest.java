// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.ExpectedState;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.Erasure;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/// What is left of a subject in a database once it is erased: nothing, down to the bytes of its
/// files, if the database is told to keep none.
final class ErasedRowsTest {

  private static final Subject ANN = Subject.of("customer-7");

  /// The space is in no text in Base64.
  private static final String SECRET = "Ann Other of Long Lane";

  record Named(String customer, Personal<String> name) {}

  private static final EventTypes<Named> TYPES =
      EventTypes.of(Named.class)
          .type("CustomerNamed", 1, Named.class, JsonBinding.jackson(Named.class))
          .personal(Named.class, named -> Subject.of(named.customer()), "name")
          .build();

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private final InMemoryEventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final SubjectKeys keys = SubjectKeys.inMemory(new SecureRandom());
  private final EventTypes<Named> types = TYPES.with(keys);

  @BeforeEach
  void append() {
    append("customer-7", SECRET);
    append("customer-8", "Bob");
    append("customer-7", SECRET + " again");
  }

  private void append(String customer, String name) {
    store.append(
        StreamName.of(customer),
        ExpectedState.any(),
        types.encode(new Named(customer, Personal.of(name))));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private DataSource sqlite() {
    var config = new SQLiteConfig();
    config.setPragma(SQLiteConfig.Pragma.SECURE_DELETE, "ON");
    var dataSource = new SQLiteDataSource(config);
    dataSource.setUrl("jdbc:sqlite:" + directory.resolve("readers.sqlite"));
    return dataSource;
  }

  private DataSource h2() {
    var dataSource = new JdbcDataSource();
    dataSource.setURL("jdbc:h2:file:" + directory.resolve("readers"));
    return dataSource;
  }

  private boolean filesHold(String text) throws IOException {
    try (var files = Files.list(directory)) {
      for (var file : files.toList()) {
        if (Files.readString(file, ISO_8859_1).contains(text)) {
          return true;
        }
      }
      return false;
    }
  }

  private static Projection<Named, SqlView> names(EventTypes<Named> types) {
    return Projection.of(
        "names",
        1,
        types,
        (view, occurred) -> {
          var name = occurred.event().name().orElse("(erased)");
          if (view.update("UPDATE {names} SET name = ? WHERE id = ?", name, occurred.partition())
              == 0) {
            view.update("INSERT INTO {names} (id, name) VALUES (?, ?)", occurred.partition(), name);
          }
        });
  }

  private void eraseFromTables(DataSource dataSource) {
    var readModel =
        SqlReadModel.of(
            dataSource, new SqlTable("names", "id VARCHAR(20) PRIMARY KEY, name VARCHAR(80)"));
    try (var projector = Projector.of(store, names(types), readModel)) {
      projector.catchUp();
      assertThat(namesIn(readModel)).containsEntry("customer-7", SECRET + " again");

      var report =
          Erasure.of(store, keys)
              .purging(
                  "names",
                  projector.purging((view, partition) ->
                      view.update("DELETE FROM {names} WHERE id = ?", partition)))
              .erase(ANN, "4711");

      assertThat(report.purged().getFirst().what()).containsExactly("customer-7");
      assertThat(namesIn(readModel))
          .isEqualTo(Map.of("customer-7", "(erased)", "customer-8", "Bob"));
    }
  }

  private static Map<String, String> namesIn(SqlReadModel<SqlView> readModel) {
    var names = new TreeMap<String, String>();
    readModel.read(
        "names",
        view ->
            view.query(
                "SELECT id, name FROM {names}",
                row -> names.put(row.getString(1), row.getString(2) + "")));
    return names;
  }

  @Test
  void rows_of_an_application_are_written_again_in_sqlite() throws IOException {
    eraseFromTables(sqlite());
    assertThat(filesHold("Bob")).isTrue();
    assertThat(filesHold("Ann Other")).isFalse();
  }

  @Test
  void rows_of_an_application_are_written_again_in_h2() throws IOException, SQLException {
    var dataSource = h2();
    eraseFromTables(dataSource);
    try (var connection = dataSource.getConnection();
        var statement = connection.createStatement()) {
      statement.execute("SHUTDOWN COMPACT");
    }
    assertThat(filesHold("Bob")).isTrue();
    assertThat(filesHold("Ann Other")).isFalse();
  }

  private static Projection<Named, States<Named>> states(EventTypes<Named> types) {
    return Projection.folding(
        "states", 1, types, new Named("", Personal.erased()), (_, event) -> event);
  }

  @Test
  void states_in_the_clear_are_folded_again() throws IOException {
    var readModel = SqlReadModel.ofStates(sqlite(), JsonBinding.jackson(Named.class));
    try (var projector = Projector.of(store, states(types), readModel)) {
      projector.catchUp();
      assertThat(filesHold("Ann Other")).isTrue();
      Erasure.of(store, keys)
          .purging("states", projector.purging(States::remove))
          .erase(ANN, "4711");
    }
    assertThat(readModel.<Map<String, Named>>read("states", States::all))
        .containsEntry("customer-7", new Named("customer-7", Personal.erased()))
        .containsEntry("customer-8", new Named("customer-8", Personal.of("Bob")));
    assertThat(filesHold("Ann Other")).isFalse();
  }

  @Test
  void sealed_states_need_no_purge() throws IOException {
    var binding =
        JsonBinding.jackson(Named.class)
            .sealing(keys, named -> Subject.of(named.customer()), "name");
    var readModel = SqlReadModel.ofStates(sqlite(), binding);
    try (var projector = Projector.of(store, states(types), readModel)) {
      projector.catchUp();
    }
    assertThat(readModel.<Map<String, Named>>read("states", States::all))
        .containsEntry("customer-7", new Named("customer-7", Personal.of(SECRET + " again")));
    assertThat(filesHold("$sealed")).isTrue();
    assertThat(filesHold("Ann Other")).isFalse();

    Erasure.of(store, keys).erase(ANN, "4711");

    assertThat(readModel.<Map<String, Named>>read("states", States::all))
        .containsEntry("customer-7", new Named("customer-7", Personal.erased()))
        .containsEntry("customer-8", new Named("customer-8", Personal.of("Bob")));
  }

  @Test
  void a_parked_partition_stays_parked_and_says_nothing_of_what_it_failed_with()
      throws IOException {
    var readModel = SqlReadModel.ofStates(sqlite(), JsonBinding.jackson(Named.class));
    var failing =
        Projection.folding(
            "states",
            1,
            types,
            new Named("", Personal.erased()),
            (Named _, Named event) -> {
              if (event.name().equals(Personal.of(SECRET + " again"))) {
                throw new IllegalStateException("I do not like " + event.name().orElse(""));
              }
              return event;
            });
    var options = FoldingOptions.defaults().withAttemptsMax(1);
    try (var projector = Projector.of(store, failing, readModel, options)) {
      projector.catchUp();
      assertThat(projector.parked().getFirst().failure()).contains(SECRET);
      Erasure.of(store, keys)
          .purging("states", projector.purging(States::remove))
          .erase(ANN, "4711");
      assertThat(projector.parked()).hasSize(1);
      assertThat(projector.parked().getFirst().failure()).contains("purged");
      assertThat(readModel.<Map<String, Named>>read("states", States::all))
          .containsEntry("customer-7", new Named("customer-7", Personal.erased()));
      assertThat(filesHold("Ann Other")).isFalse();

      projector.resume("customer-7");
      assertThat(projector.parked()).isEmpty();
    }
  }
}
