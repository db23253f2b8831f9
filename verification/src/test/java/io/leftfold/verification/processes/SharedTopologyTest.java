// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.readmodels.SqlReadModel;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.Retries;
import io.leftfold.toolkit.topology.Mode;
import io.leftfold.toolkit.topology.Topology;
import io.leftfold.verification.running.Await;
import io.leftfold.verification.running.TestServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;

/// One topology, spread over three processes that share a server and a database. The one that has
/// all the work is killed in the middle.
final class SharedTopologyTest {

  private static final String PROCESS = "errands";
  private static final int ERRANDS_EACH_TIME = 15;

  /// What was counted of an errand.
  private record Tally(int sum) {}

  private static final Projection<Integer, States<Tally>> TALLIES =
      Projection.<Integer, Tally>folding(
              "tallies",
              1,
              EventCodec.of(
                  _ -> {
                    throw new IllegalStateException("is only read");
                  },
                  event -> Decoded.known(Integer.parseInt(event.dataAsText()))),
              new Tally(0),
              (tally, number) -> new Tally(tally.sum() + number))
          .from(new EventFilter.Types(Set.of("Counted")));

  /// One of the processes: `<port of the server> <port of the database> <its name>`.
  static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) throws Exception {
      var store = store(Integer.parseInt(arguments[0]));
      var topology =
          Topology.named("shop")
              .projection(TALLIES, readModel(Integer.parseInt(arguments[1])))
              .process(
                  Errands.definition(PROCESS),
                  own -> Errands.target(own, (_, _) -> {}),
                  ProcessOptions.of(Retries.defaults(new Random(1)).within(Duration.ZERO)));
      var mode = new Mode.Shared(arguments[2], Duration.ofMillis(500));
      var running = topology.run(store, mode, Clock.systemUTC(), Thread.ofVirtual().factory());
      System.out.println(running.parts().size());
      System.out.flush();
      var _ = System.in.read(); // until it is killed, or whoever started it is gone
      Runtime.getRuntime().halt(1);
    }
  }

  private static EventStore store(int port) {
    return RemoteEventStore.connect("leftfold://127.0.0.1:%d?tls=false".formatted(port));
  }

  private static ReadModel<States<Tally>> readModel(int port) {
    return SqlReadModel.ofStates(dataSource(port), JsonBinding.jackson(Tally.class));
  }

  private static DataSource dataSource(int port) {
    var database = new JdbcDataSource();
    database.setURL("jdbc:h2:tcp://127.0.0.1:%d/mem:shop;DB_CLOSE_DELAY=-1".formatted(port));
    return database;
  }

  @Test
  void three_processes_do_each_thing_once_though_the_busy_one_is_killed() throws Exception {
    var database = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
    var workers = new ArrayList<Process>();
    try (var server = TestServer.inMemory();
        var store = store(server.port())) {
      workers.add(boot(server.port(), database.getPort(), "first"));
      ask(store, "early");
      Errands.awaitCompleted(store, PROCESS, ERRANDS_EACH_TIME);
      workers.add(boot(server.port(), database.getPort(), "second"));
      workers.add(boot(server.port(), database.getPort(), "third"));
      ask(store, "late");
      workers.getFirst().destroyForcibly().waitFor();
      ask(store, "later");

      Errands.awaitCompleted(store, PROCESS, 3 * ERRANDS_EACH_TIME);

      var expected = folded(store);
      assertThat(expected).hasSize(3 * ERRANDS_EACH_TIME);
      assertThat(expected.values()).as("how often each was counted").containsOnly(new Tally(1));
      try (var looking = Projector.of(store, TALLIES, readModel(database.getPort()))) {
        var last = store.lastPosition().orElseThrow();
        assertThat(looking.awaitKept(last, Await.LIMIT)).isTrue();
      }
      assertThat(readModel(database.getPort()).<Map<String, Tally>>read("tallies", States::all))
          .isEqualTo(expected);
    } finally {
      for (var worker : workers) {
        worker.destroyForcibly().waitFor();
      }
      database.stop();
    }
  }

  private static void ask(EventStore store, String when) {
    for (var i = 0; i < ERRANDS_EACH_TIME; i++) {
      Errands.ask(store, "%s.%s.%d".formatted(PROCESS, when, i));
    }
  }

  /// What all events come to, by the definition.
  private static Map<String, Tally> folded(EventStore store) {
    var sums = new HashMap<String, Tally>();
    var counted = ReadOptions.forwards().filteredBy(new EventFilter.Types(Set.of("Counted")));
    try (var read = store.readAll(counted)) {
      for (var resolved : read) {
        var event = resolved.original();
        sums.merge(
            event.stream().value(),
            new Tally(Integer.parseInt(event.dataAsText())),
            (some, more) -> new Tally(some.sum() + more.sum()));
      }
    }
    return sums;
  }

  private static Process boot(int server, int database, String name) throws IOException {
    var worker =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx192m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Worker.class.getName(),
                    Integer.toString(server),
                    Integer.toString(database),
                    name))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(worker.inputReader(UTF_8).readLine()).as("the parts of " + name).isEqualTo("2");
    return worker;
  }
}
