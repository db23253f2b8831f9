// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.toolkit.ReadModelException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.h2.jdbcx.JdbcConnectionPool;

/// Starts the shop.
public final class Main {

  private static final String USAGE =
      """
      Serves a shop to browsers, on loopback.

        --data <directory>   where it keeps everything (cart-data)
        --connect <address>  keeps its events on a Leftfold server instead, and in the directory only the report
        --port <number>      of HTTP (8080)
      """;

  private static final List<String> OPTIONS = List.of("--data", "--connect", "--port");

  private Main() {}

  /// The shop, open. To be closed after use.
  ///
  /// @param edge takes requests
  /// @param shop does what they want
  /// @param store has its events
  /// @param database has the report
  record Open(HttpEdge edge, Shop shop, EventStore store, JdbcConnectionPool database)
      implements AutoCloseable {
    int port() {
      return edge.port();
    }

    @Override
    public void close() {
      edge.close();
      shop.close();
      store.close();
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
      IO.println("The shop is open: http://127.0.0.1:%d/".formatted(open.port()));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.err.print(USAGE);
      System.exit(2);
    } catch (LeftfoldException | ReadModelException | UncheckedIOException e) {
      System.err.println("The shop stays closed: " + e.getMessage());
      System.exit(1);
    }
  }

  /// Opens the shop.
  static Open open(List<String> arguments, Clock clock) {
    var options = options(arguments);
    var data = Path.of(options.getOrDefault("--data", "cart-data")).toAbsolutePath();
    var port = port(options.getOrDefault("--port", "8080"));
    var store =
        options.containsKey("--connect")
            ? RemoteEventStore.connect(options.get("--connect"))
            : LocalEventStore.open(data.resolve("events"));
    return open(
        store,
        JdbcConnectionPool.create("jdbc:h2:file:" + data.resolve("report"), "shop", ""),
        clock,
        port);
  }

  /// Opens the shop on any store.
  static Open open(EventStore store, JdbcConnectionPool database, Clock clock, int port) {
    var shop = Shop.on(store, database, clock);
    shop.start();
    var http = new ShopHttp(shop);
    var threads = Thread.ofVirtual().name("shop-http-", 0).factory();
    return new Open(
        HttpEdge.start(port, http.routes(), http::trouble, threads), shop, store, database);
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

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("A port is a number, got " + text, e);
    }
  }
}
