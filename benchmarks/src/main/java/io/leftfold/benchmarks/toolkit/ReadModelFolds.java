// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Pace;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.benchmarks.toolkit.Accounts.Balance;
import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.readmodels.SqlReadModel;
import io.leftfold.readmodels.SqlTable;
import io.leftfold.readmodels.SqlView;
import io.leftfold.readmodels.StarSchema;
import io.leftfold.readmodels.files.FileReadModel;
import io.leftfold.readmodels.files.Html;
import io.leftfold.readmodels.files.Pages;
import io.leftfold.readmodels.graph.GraphReadModel;
import io.leftfold.readmodels.graph.GraphView;
import io.leftfold.readmodels.lucene.LuceneReadModel;
import io.leftfold.readmodels.redis.RedisReadModel;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.TextField;
import org.apache.lucene.store.FSDirectory;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerTransactionGraph;
import redis.clients.jedis.RedisClient;

/// A projection from its first event to the last into each kind of read model, beside the same
/// balances written in the same steps without the toolkit, from events that are in memory.
public final class ReadModelFolds implements Benchmark {

  private static final int EVENTS = 20_000;
  private static final int ACCOUNTS = 1_000;
  private static final int STEP_EVENTS = FoldingOptions.defaults().batchEventsMax();

  private static final int LARGE_STEP = 4_096;

  static final String COLUMNS =
      "account VARCHAR(40) PRIMARY KEY, cents BIGINT NOT NULL, bookings BIGINT NOT NULL";

  /// Kinds of read models.
  public enum Kind {
    /// Balances as objects in a map.
    MEMORY,
    /// A table in SQLite, with a write-ahead log and a sync at each commit.
    SQLITE,
    /// The same balances in SQLite, as JSON.
    SQLITE_STATES,
    /// A table in H2, in a file, with what it does by itself.
    H2,
    /// The same balances in H2, as JSON.
    H2_STATES,
    /// Bookings counted by account and day, in tables for reports in SQLite.
    STAR,
    /// A file of states, and a CSV of all of them.
    FILES,
    /// A file of states, and a page of HTML for each.
    PAGES,
    /// An index of Lucene, with a document for each balance.
    LUCENE,
    /// A table in a PostgreSQL of its own, on loopback, with a sync at each commit.
    POSTGRES,
    /// The same balances in PostgreSQL, as JSON.
    POSTGRES_STATES,
    /// A hash in a Redis of its own, on loopback, with a sync behind each command.
    REDIS,
    /// A vertex for each balance in TinkerPop's graph, in memory.
    GRAPH
  }

  private static final StarSchema STAR =
      StarSchema.empty()
          .dimension("account")
          .dates("booking_day")
          .fact("booking", List.of("account", "booking_day"), "cents BIGINT NOT NULL");

  private final AtomicInteger runs = new AtomicInteger();
  private final Kind kind;

  /// Into one kind of read model.
  ///
  /// @param kind which
  public ReadModelFolds(Kind kind) {
    this.kind = kind;
  }

  @Override
  public String name() {
    return "fold-" + kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public String question() {
    return "How fast does a projection come through %,d events into %,d balances (%s), beside the bare sink?"
        .formatted(EVENTS, ACCOUNTS, kind.name().toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  @Override
  public String sketch() {
    return "reading and parsing is some 2 µs an event, to which comes what the sink takes; %d events share a commit"
        .formatted(STEP_EVENTS);
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var events = Accounts.events(settings.scaled(EVENTS), ACCOUNTS);
    // A pass takes long, so few of them have to do.
    var few = new Settings(settings.directory(), settings.measuring(), true);
    try (var store = LocalEventStore.open(settings.directory().resolve("store"));
        var rooms = rooms(settings.directory().resolve("server"))) {
      Accounts.append(store, events);
      var rounds =
          new Rounds(few)
              .with(
                  "leftfold",
                  time ->
                      Pace.perSecond(
                          time,
                          () -> fold(store, next(rooms, settings), STEP_EVENTS, events.size())))
              .with(
                  "large steps",
                  time ->
                      Pace.perSecond(
                          time,
                          () -> fold(store, next(rooms, settings), LARGE_STEP, events.size())))
              .with(
                  "limit", time -> Pace.perSecond(time, () -> write(next(rooms, settings), events)))
              .with("reading", time -> Pace.perSecond(time, () -> read(store, events.size())))
              .run();
      rows.accept(
          Row.of(
                  name(),
                  "events/s",
                  rounds,
                  "the same balances in steps of %d events, from events in memory"
                      .formatted(STEP_EVENTS),
                  new Asked.Nothing())
              .withPeer(
                  "in transactions of %,d events".formatted(LARGE_STEP),
                  rounds.median("large steps"))
              .withPeer("reading and decoding alone", rounds.median("reading"))
              .withRemark(
                  "%.2f of reading, decoding and the bare sink, one after the other"
                      .formatted(
                          rounds.median("leftfold")
                              * (1 / rounds.median("limit") + 1 / rounds.median("reading")))));
    }
  }

  private Rooms rooms(Path directory) throws IOException {
    return switch (kind) {
      case MEMORY, SQLITE, SQLITE_STATES, H2, H2_STATES, STAR, FILES, PAGES, LUCENE, GRAPH ->
          Rooms.files();
      case POSTGRES, POSTGRES_STATES -> PostgresRooms.start(directory);
      case REDIS -> RedisRooms.start(directory);
    };
  }

  private String next(Rooms rooms, Settings settings) throws IOException {
    return rooms.of(settings.directory().resolve("run-" + runs.incrementAndGet()));
  }

  // ---- what both write

  static String table(Map<String, Balance> balances) {
    var csv = new StringBuilder("account,cents,bookings\n");
    balances.forEach((account, balance) ->
        csv.append(account)
            .append(',')
            .append(balance.cents())
            .append(',')
            .append(balance.bookings())
            .append('\n'));
    return csv.toString();
  }

  static String page(String account, Balance balance) {
    return Html.page(
        account,
        Html.table(
            List.of("cents", "bookings"), List.of(List.of(balance.cents(), balance.bookings()))));
  }

  static Document document(String account, Balance balance) {
    var document = new Document();
    document.add(new TextField("words", "%s has %d".formatted(account, balance.cents()), Store.NO));
    return document;
  }

  private static Connection sqlite(String file) throws SQLException {
    var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = FULL");
    }
    return connection;
  }

  private static Connection h2(String file) throws SQLException {
    return DriverManager.getConnection("jdbc:h2:" + file);
  }

  // ---- by the toolkit

  private long fold(EventStore store, String room, int step, int expected) throws Exception {
    var options = FoldingOptions.defaults().withBatchEventsMax(step);
    switch (kind) {
      case MEMORY -> foldStates(store, new InMemoryReadModel<>(), options);
      case SQLITE -> foldRows(store, sqlite(room), options);
      case SQLITE_STATES -> foldJson(store, sqlite(room), options);
      case H2 -> foldRows(store, h2(room), options);
      case H2_STATES -> foldJson(store, h2(room), options);
      case STAR -> foldStar(store, sqlite(room), options);
      case FILES ->
          foldFiles(
              store,
              room,
              Pages.<Balance>none().all("balances.csv", balances -> table(balances)),
              options);
      case PAGES ->
          foldFiles(
              store, room, Pages.<Balance>none().each("{}.html", ReadModelFolds::page), options);
      case LUCENE -> {
        try (var directory = FSDirectory.open(Path.of(room));
            var readModel =
                LuceneReadModel.open(
                    directory,
                    new StandardAnalyzer(),
                    Accounts.BALANCE,
                    ReadModelFolds::document)) {
          foldStates(store, readModel, options);
        }
      }
      case POSTGRES -> foldRows(store, DriverManager.getConnection(room), options);
      case POSTGRES_STATES -> foldJson(store, DriverManager.getConnection(room), options);
      case REDIS -> {
        var parts = room.split("#", 2);
        try (var redis = RedisClient.create(parts[0])) {
          foldStates(store, RedisReadModel.ofStates(redis, parts[1], Accounts.BALANCE), options);
        }
      }
      case GRAPH -> {
        try (var graph = TinkerTransactionGraph.open()) {
          foldGraph(store, GraphReadModel.of(graph), options);
        }
      }
    }
    return expected;
  }

  private static EventFilter source() {
    return EventFilter.matching(Query.of(Query.typed("Booked")));
  }

  private static void foldStates(
      EventStore store, ReadModel<States<Balance>> readModel, FoldingOptions options) {
    var projection =
        Projection.folding("balances", 1, Accounts.EVENTS, Balance.NOTHING, Balance::plus)
            .from(source())
            .partitionedBy((event, _) -> event.account());
    try (var projector = Projector.of(store, projection, readModel, options)) {
      projector.catchUp();
    }
    require(readModel.<Integer>read("balances", states -> states.all().size()));
  }

  private static void foldJson(EventStore store, Connection connection, FoldingOptions options)
      throws SQLException {
    try (var one = new OneConnection(connection)) {
      foldStates(store, SqlReadModel.ofStates(one.asDataSource(), Accounts.BALANCE), options);
    }
  }

  private static void foldRows(EventStore store, Connection connection, FoldingOptions options)
      throws SQLException {
    var projection =
        Projection.<Booked, SqlView>of(
                "balances", 1, Accounts.EVENTS, (view, occurred) -> write(view, occurred.event()))
            .from(source())
            .partitionedBy((event, _) -> event.account());
    foldSql(store, connection, options, projection, "balances", new SqlTable("balances", COLUMNS));
  }

  /// @param counted the table with a row for each account
  private static void foldSql(
      EventStore store,
      Connection connection,
      FoldingOptions options,
      Projection<Booked, SqlView> projection,
      String counted,
      SqlTable... tables)
      throws SQLException {
    try (var one = new OneConnection(connection)) {
      var readModel = SqlReadModel.of(one.asDataSource(), tables);
      try (var projector = Projector.of(store, projection, readModel, options)) {
        projector.catchUp();
      }
      require(
          readModel.<Integer>read(
              "balances",
              view ->
                  view.query("SELECT COUNT(*) FROM {%s}".formatted(counted), row -> row.getInt(1))
                      .getFirst()));
    }
  }

  private static void foldFiles(
      EventStore store, String room, Pages<Balance> pages, FoldingOptions options)
      throws IOException {
    try (var readModel = FileReadModel.open(Path.of(room), Accounts.BALANCE, pages)) {
      foldStates(store, readModel, options);
    }
  }

  private static void foldStar(EventStore store, Connection connection, FoldingOptions options)
      throws SQLException {
    var projection =
        Projection.<Booked, SqlView>of(
                "balances",
                1,
                Accounts.EVENTS,
                (view, occurred) -> {
                  var booked = occurred.event();
                  STAR.in(view)
                      .count(
                          "booking",
                          occurred.recorded().position(),
                          Map.of("account", booked.account(), "booking_day", Accounts.day(booked)),
                          Map.of("cents", booked.cents()));
                })
            .from(source());
    foldSql(store, connection, options, projection, "account", STAR.tables());
  }

  private static void foldGraph(
      EventStore store, GraphReadModel readModel, FoldingOptions options) {
    var projection =
        Projection.<Booked, GraphView>of(
                "balances",
                1,
                Accounts.EVENTS,
                (view, occurred) ->
                    GraphSink.book(
                        view.vertex("balance", occurred.event().account()), occurred.event()))
            .from(source())
            .partitionedBy((event, _) -> event.account());
    try (var projector = Projector.of(store, projection, readModel, options)) {
      projector.catchUp();
    }
    require(readModel.<Integer>read("balances", view -> view.g().V().count().next().intValue()));
  }

  private static void write(SqlView view, Booked booked) {
    var changed =
        view.update(
            "UPDATE {balances} SET cents = cents + ?, bookings = bookings + 1 WHERE account = ?",
            booked.cents(),
            booked.account());
    if (changed == 0) {
      view.update(
          "INSERT INTO {balances} (cents, bookings, account) VALUES (?, 1, ?)",
          booked.cents(),
          booked.account());
    }
  }

  // ---- without it

  private long write(String room, List<Booked> events) throws Exception {
    try (var sink = sink(room)) {
      for (var from = 0; from < events.size(); from += STEP_EVENTS) {
        var to = Math.min(from + STEP_EVENTS, events.size());
        sink.take(events.subList(from, to), to);
      }
    }
    return events.size();
  }

  private Sink sink(String room) throws Exception {
    return switch (kind) {
      case MEMORY -> new MemorySink(new HashMap<>());
      case SQLITE, SQLITE_STATES -> new SqlSink(sqlite(room));
      case H2, H2_STATES -> new SqlSink(h2(room));
      case STAR -> new StarSink(sqlite(room));
      case FILES -> new FileSink(Path.of(room), false);
      case PAGES -> new FileSink(Path.of(room), true);
      case LUCENE -> new LuceneSink(Path.of(room));
      case POSTGRES, POSTGRES_STATES -> new SqlSink(DriverManager.getConnection(room));
      case REDIS -> new RedisSink(room);
      case GRAPH -> new GraphSink();
    };
  }

  private record MemorySink(Map<String, Balance> balances) implements Sink {

    @Override
    public void take(List<Booked> events, long place) {
      for (var event : events) {
        balances.merge(
            event.account(), Balance.NOTHING.plus(event), (before, _) -> before.plus(event));
      }
    }

    @Override
    public void close() {
      require(balances.size());
    }
  }

  private static void require(int found) {
    if (found != ACCOUNTS) {
      throw new IllegalStateException("%d balances expected, found %d".formatted(ACCOUNTS, found));
    }
  }

  private static long read(EventStore store, int expected) {
    var count = 0;
    try (var events = store.readAll(ReadOptions.forwards().filteredBy(source()))) {
      for (var event : events) {
        if (Accounts.EVENTS.decode(event.original()) instanceof Decoded.Known(var known)) {
          count += known.size();
        }
      }
    }
    if (count != expected) {
      throw new IllegalStateException("%d events expected, found %d".formatted(expected, count));
    }
    return count;
  }
}
