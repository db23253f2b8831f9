// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.Query;
import io.leftfold.examples.bank.BankEvent.AccountOpened;
import io.leftfold.examples.bank.BankEvent.Booking;
import io.leftfold.examples.bank.BankEvent.CreditLineSet;
import io.leftfold.examples.bank.BankEvent.PaymentConfirmed;
import io.leftfold.examples.bank.Overview.AccountRow;
import io.leftfold.examples.bank.Overview.LedgerRow;
import io.leftfold.examples.bank.Shown.Card;
import io.leftfold.readmodels.PostgresServer;
import io.leftfold.readmodels.RedisServer;
import io.leftfold.readmodels.RowReader;
import io.leftfold.readmodels.SqlReadModel;
import io.leftfold.readmodels.SqlView;
import io.leftfold.readmodels.StarSchema;
import io.leftfold.readmodels.files.Csv;
import io.leftfold.readmodels.files.FileReadModel;
import io.leftfold.readmodels.files.Html;
import io.leftfold.readmodels.files.Pages;
import io.leftfold.readmodels.lucene.LuceneReadModel;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.Occurred;
import io.leftfold.toolkit.OnFailure;
import io.leftfold.toolkit.Personal;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.keys.SubjectKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.TextField;
import org.apache.lucene.store.FSDirectory;
import org.h2.jdbcx.JdbcConnectionPool;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteDataSource;

/// Kinds of read models that outlast a process, each with the overview of the bank.
enum Kind {
  /// The bank's own, in H2.
  SQL {
    @Override
    Kept open(Place place, SubjectKeys keys) {
      var database = JdbcConnectionPool.create("jdbc:h2:file:" + place.of(this), "bank", "");
      return new OfTheBank(new Overview(database, keys)) {
        @Override
        public void close() {
          database.dispose();
        }
      };
    }
  },

  /// The bank's own, in PostgreSQL.
  POSTGRES {
    @Override
    Kept open(Place place, SubjectKeys keys) {
      var database = new PGSimpleDataSource();
      database.setUrl(place.postgres());
      return new OfTheBank(new Overview(database, keys));
    }
  },

  /// Accounts, days and bookings in SQLite, to be joined by whoever counts.
  STAR {
    @Override
    Kept open(Place place, SubjectKeys keys) {
      var config = new SQLiteConfig();
      config.setJournalMode(JournalMode.WAL);
      config.setBusyTimeout(5000);
      var database = new SQLiteDataSource(config);
      database.setUrl("jdbc:sqlite:" + place.of(this));
      var readModel = SqlReadModel.of(database, SCHEMA.tables());
      return new Kept() {
        @Override
        public Projector<?, ?> projector(EventStore store, EventTypes<BankEvent> types) {
          return Projector.of(
              store,
              Projection.<BankEvent, SqlView>of(NAME, 1, types, Kind::count)
                  .from(source(types))
                  .partitionedBy((event, _) -> event.account()),
              readModel,
              OPTIONS);
        }

        @Override
        public Shown shown() {
          return new Shown(
              readModel.read(NAME, view -> view.query(COUNTED, ACCOUNT)),
              readModel.read(NAME, view -> view.query(JOINED, ROW)));
        }

        @Override
        public void close() {
          // Each connection is closed behind its use.
        }
      };
    }
  },

  /// Found by what is written on statements.
  LUCENE {
    @Override
    Kept open(Place place, SubjectKeys keys) throws IOException {
      var directory = FSDirectory.open(place.of(this));
      var readModel =
          LuceneReadModel.open(directory, new StandardAnalyzer(), Card.BINDING, Kind::document);
      return new OfCards(readModel) {
        @Override
        public Shown shown() {
          var found = new HashMap<String, Card>();
          for (var hit : readModel.search(NAME, "words", "account", Integer.MAX_VALUE - 1)) {
            found.put(hit.partition(), hit.state());
          }
          return Shown.of(found);
        }

        @Override
        public void close() throws IOException {
          readModel.close();
          directory.close();
        }
      };
    }
  },

  /// Hashes on a server.
  REDIS {
    @Override
    Kept open(Place place, SubjectKeys keys) {
      return new OfCards(RedisServer.at(place.redis(), Card.BINDING));
    }
  },

  /// A page for each account, and a table of all.
  FILES {
    @Override
    Kept open(Place place, SubjectKeys keys) {
      var directory = place.of(this);
      var readModel = FileReadModel.open(directory, Card.BINDING, PAGES);
      return new OfCards(readModel) {
        @Override
        public Map<String, String> pages() throws IOException {
          var root = directory.resolve("pages");
          var pages = new HashMap<String, String>();
          try (var files = Files.walk(root)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
              pages.put(root.relativize(file).toString(), Files.readString(file));
            }
          }
          return pages;
        }

        @Override
        public void close() {
          readModel.close();
        }
      };
    }
  };

  /// Of the projection.
  static final String NAME = "overview";

  static final FoldingOptions OPTIONS =
      FoldingOptions.defaults().withBatchEventsMax(2).withAttemptsMax(1).with(OnFailure.STOP);

  /// Where read models are.
  ///
  /// @param directory with one of each
  /// @param redis a room of it
  /// @param postgres a schema of it
  record Place(Path directory, String redis, String postgres) {

    /// One where nothing is yet.
    static Place empty(Path directory) {
      return new Place(directory, RedisServer.room(), PostgresServer.schema());
    }

    Path of(Kind kind) {
      return directory.resolve(kind.name());
    }
  }

  /// A read model that is open.
  interface Kept extends AutoCloseable {

    Projector<?, ?> projector(EventStore store, EventTypes<BankEvent> types);

    Shown shown();

    /// What people see who have no program: files, by their paths.
    default Map<String, String> pages() throws IOException {
      return Map.of();
    }

    @Override
    void close() throws IOException;
  }

  /// @param keys of what is personal, for who seals it
  abstract Kept open(Place place, SubjectKeys keys) throws IOException;

  /// The overview as the bank itself has it.
  private static class OfTheBank implements Kept {
    private final Overview overview;

    OfTheBank(Overview overview) {
      this.overview = overview;
    }

    @Override
    public Projector<?, ?> projector(EventStore store, EventTypes<BankEvent> types) {
      return Projector.of(store, overview.projection(types), overview.readModel(), OPTIONS);
    }

    @Override
    public Shown shown() {
      return new Shown(
          overview.accounts(),
          overview
              .readModel()
              .read(NAME, view -> view.query("%s {ledger} %s".formatted(LEDGER, ORDER), ROW)));
    }

    @Override
    public void close() {
      // Each connection is closed behind its use.
    }
  }

  /// One state for each account.
  private static class OfCards implements Kept {
    private final ReadModel<States<Card>> readModel;

    OfCards(ReadModel<States<Card>> readModel) {
      this.readModel = readModel;
    }

    @Override
    public Projector<?, ?> projector(EventStore store, EventTypes<BankEvent> types) {
      return Projector.of(
          store,
          Projection.<BankEvent, States<Card>>of(
                  NAME,
                  1,
                  types,
                  (cards, occurred) -> {
                    var account = occurred.partition();
                    var card = cards.of(account).orElse(Card.NONE);
                    cards.put(account, card.with(occurred.event(), occurred.recorded()));
                  })
              .from(source(types))
              .partitionedBy((event, _) -> event.account()),
          readModel,
          OPTIONS);
    }

    @Override
    public Shown shown() {
      return Shown.of(readModel.<Map<String, Card>>read(NAME, States::all));
    }

    @Override
    public void close() throws IOException {
      // It keeps nothing open.
    }
  }

  static EventFilter source(EventTypes<BankEvent> types) {
    return EventFilter.matching(Query.of(Query.typed(types.names().toArray(String[]::new))));
  }

  // ---- in SQL

  private static final String LEDGER =
      "SELECT log_position, booked, account, value_date, cents, description FROM";
  private static final String ORDER = "ORDER BY log_position";

  private static final RowReader<LedgerRow> ROW =
      row ->
          new LedgerRow(
              row.getLong(1),
              row.getString(2),
              row.getString(3),
              row.getString(4),
              row.getLong(5),
              row.getString(6));

  private static final RowReader<AccountRow> ACCOUNT =
      row ->
          new AccountRow(
              row.getString(1), row.getString(2), row.getString(3), row.getLong(4), row.getLong(5));

  private static final StarSchema SCHEMA =
      StarSchema.empty()
          .dimension("account", "iban VARCHAR(34)", "owner VARCHAR(140)", "credit_line BIGINT")
          .dates("value_date")
          .fact(
              "booking",
              List.of("account", "value_date"),
              "cents BIGINT NOT NULL",
              "booked VARCHAR(40) NOT NULL",
              "description VARCHAR(200) NOT NULL");

  private static final String COUNTED =
      """
      SELECT account, iban, owner,
        (SELECT COALESCE(SUM(cents), 0) FROM {booking} b WHERE b.account_key = a.account_key),
        credit_line
      FROM {account} a ORDER BY account\
      """;

  private static final String JOINED =
      """
      SELECT log_position, booked, account, calendar_date, cents, description FROM {booking} b
      JOIN {account} a ON a.account_key = b.account_key
      JOIN {value_date} d ON d.value_date_key = b.value_date_key
      ORDER BY log_position\
      """;

  private static void count(SqlView view, Occurred<BankEvent> occurred) {
    var star = SCHEMA.in(view);
    switch (occurred.event()) {
      case AccountOpened(var account, var iban, var owner) -> {
        star.describe("account", account, Map.of("iban", iban, "credit_line", 0));
        if (owner instanceof Personal.Known<String>(var name)) {
          star.describe("account", account, Map.of("owner", name));
        }
      }
      case CreditLineSet(var account, var cents) ->
          star.describe("account", account, Map.of("credit_line", cents));
      case PaymentConfirmed _ -> {}
      case Booking booking -> {
        var row = Shown.row(booking, occurred.recorded());
        star.count(
            "booking",
            row.position(),
            Map.of("account", row.account(), "value_date", booking.valueDate()),
            Map.of("cents", row.cents(), "booked", row.booked(), "description", row.text()));
      }
    }
  }

  // ---- in words and files

  private static Document document(String account, Card card) {
    var words = new StringBuilder("account ").append(account);
    card.ledger().forEach(row -> words.append(' ').append(row.text()));
    var document = new Document();
    document.add(new TextField("words", words.toString(), Store.NO));
    return document;
  }

  private static final Pages<Card> PAGES =
      Pages.<Card>none()
          .each("accounts/{}.html", Kind::page)
          .all(
              "accounts.csv",
              cards ->
                  Csv.of(
                      List.of("account", "owner", "cents"),
                      cards.entrySet().stream()
                          .map(one ->
                              List.of(
                                  one.getKey(),
                                  String.valueOf(one.getValue().owner()),
                                  one.getValue().balance()))
                          .toList()));

  private static String page(String account, Card card) {
    return Html.page(
        "Account " + account,
        Html.element("p", String.valueOf(card.owner())),
        Html.table(
            List.of("value date", "cents", "text"),
            card.ledger().stream()
                .map(row -> List.of(row.valueDate(), row.cents(), row.text()))
                .toList()));
  }
}
