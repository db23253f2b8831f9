// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.examples.bank.HttpEdge.Route;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.keys.KeyDirectory;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;

/// Starts the bank.
public final class Main {

  private static final String USAGE =
      """
      Serves a bank over HTTP, on loopback.

        --data <directory>   where it keeps everything (bank-data)
        --keys <directory>   where the keys of owners' names are, elsewhere than the data (bank-keys)
        --connect <address>  keeps its events on a Leftfold server instead, and in the directory only the overview
        --port <number>      of HTTP (8080)
        --other-bank <url>   where payments to other banks are posted; without it you confirm them yourself
        --deadline <time>    how long another bank has to confirm a payment (PT24H)
      """;

  private static final List<String> OPTIONS =
      List.of("--data", "--keys", "--connect", "--port", "--other-bank", "--deadline");

  private Main() {}

  /// The bank, open. To be closed after use.
  ///
  /// @param edge takes requests
  /// @param bank does what they want
  /// @param store has its events
  /// @param keys open what is personal in them
  /// @param database has the overview
  record Open(
      HttpEdge edge, Bank bank, EventStore store, KeyDirectory keys, JdbcConnectionPool database)
      implements AutoCloseable {
    int port() {
      return edge.port();
    }

    @Override
    public void close() {
      edge.close();
      bank.close();
      store.close();
      keys.close();
      database.dispose();
    }
  }

  /// Serves until the process is ended.
  ///
  /// @param arguments options and their values
  public static void main(String[] arguments) {
    if (List.of(arguments).contains("--help")) {
      IO.print(USAGE);
      return;
    }
    try {
      var open = open(List.of(arguments), Clock.systemUTC());
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(open::close));
      IO.println("The bank is open: http://127.0.0.1:%d/openapi.json".formatted(open.port()));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    } catch (LeftfoldException
        | ReadModelException
        | IllegalStateException
        | UncheckedIOException e) {
      System.err.println("The bank stays closed: " + e.getMessage());
      System.exit(1);
    }
  }

  /// Opens the bank.
  static Open open(List<String> arguments, Clock clock) {
    var options = options(arguments);
    var data = Path.of(options.getOrDefault("--data", "bank-data")).toAbsolutePath();
    var deadline = duration(options.getOrDefault("--deadline", "PT24H"));
    var port = port(options.getOrDefault("--port", "8080"));
    var otherBank =
        options.containsKey("--other-bank")
            ? new OtherBank(HttpClient.newHttpClient(), URI.create(options.get("--other-bank")))
            : OtherBank.imagined();
    var store =
        options.containsKey("--connect")
            ? RemoteEventStore.connect(options.get("--connect"))
            : LocalEventStore.open(data.resolve("events"));
    var database =
        JdbcConnectionPool.create("jdbc:h2:file:" + data.resolve("overview"), "bank", "");
    var keys = keys(Path.of(options.getOrDefault("--keys", "bank-keys")).toAbsolutePath(), store);
    var bank = Bank.on(store, keys, database, otherBank, clock, deadline);
    bank.start();
    var threads = Thread.ofVirtual().name("bank-http-", 0).factory();
    return new Open(HttpEdge.start(port, routes(bank), threads), bank, store, keys, database);
  }

  /// What customers ask for, and what operators do. Whoever lets others in puts the second behind a
  /// door of its own.
  static List<Route> routes(Bank bank) {
    return Stream.concat(
            new BankHttp(bank).routes().stream(), new OperatorHttp(bank).routes().stream())
        .toList();
  }

  /// Keys are made before anything is sealed, and never again: where they are missing then, they
  /// are somewhere else.
  private static KeyDirectory keys(Path directory, EventStore store) {
    var opened = Query.of(Query.typed("AccountOpened"));
    var newest = store.read(opened, ReadOptions.backwards().limit(1)).events();
    var isSealed =
        newest.stream()
            .anyMatch(event -> event.metadataAsText().contains(EventTypes.PERSONAL_FIELD));
    var random = new SecureRandom();
    return isSealed || directory.toFile().exists()
        ? KeyDirectory.open(directory, random)
        : KeyDirectory.create(directory, random);
  }

  private static Map<String, String> options(List<String> arguments) {
    var options = new HashMap<String, String>();
    for (var i = 0; i < arguments.size(); i += 2) {
      var name = arguments.get(i);
      if (!OPTIONS.contains(name) || i + 1 == arguments.size()) {
        throw new IllegalArgumentException(
            "Expected was one of %s and its value, but found \"%s\""
                .formatted(
                    String.join(", ", OPTIONS),
                    String.join(" ", arguments.subList(i, arguments.size()))));
      }
      options.put(name, arguments.get(i + 1));
    }
    return options;
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "A deadline is a time such as PT24H or PT30S, got " + text, e);
    }
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("A port is a number, got " + text, e);
    }
  }
}
