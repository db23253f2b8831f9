// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.AppendResult;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.client.RemoteUsers;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.UserAccess;
import io.leftfold.server.node.Completion;
import io.leftfold.server.node.Measures;
import io.leftfold.server.node.Node;
import io.leftfold.server.node.Session;
import io.leftfold.verification.running.TestServer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Everybody, with everything that can be done, with every kind of stream: who may is written down
/// by hand. All writes expect what is not so, so that nothing changes meanwhile.
final class AccessMatrixTest {

  /// What is asked, and the letters of those who may: nobody in particular (n), jo (j), ann of the
  /// group accounting (a), ops (o), admin (A).
  private static final List<String> WITHOUT_SETTINGS =
      List.of(
          "order-1 READ jaoA",
          "order-1 WRITE jaoA",
          "order-1 DELETE jaoA",
          "order-1 READ_METADATA jaoA",
          "order-1 WRITE_METADATA jaoA",
          "never-1 READ jaoA",
          "never-1 WRITE jaoA",
          "ledger-1 READ aA",
          "ledger-1 WRITE jA",
          "ledger-1 DELETE A",
          "ledger-1 READ_METADATA aA",
          "ledger-1 WRITE_METADATA jaoA",
          "$$ledger-1 READ aA",
          "$$ledger-1 WRITE jaoA",
          "$sys-1 READ A",
          "$sys-1 WRITE A",
          "$sys-1 DELETE A",
          "$sys-1 READ_METADATA A",
          "$sys-1 WRITE_METADATA A",
          "$open-1 READ jaoA",
          "$open-1 WRITE A",
          "$$$open-1 READ A",
          "$settings READ A",
          "$settings WRITE A",
          "$user-admin READ A",
          "$user-admin WRITE A",
          "$users WRITE A",
          "$audit READ A",
          "$audit WRITE -",
          "$audit DELETE -",
          "$ce-order READ A",
          "$et-Happened READ A",
          "$streams READ A",
          "gone-1 READ jaoA",
          "gone-1 WRITE jaoA",
          "$all READ A",
          "$dcb READ A");

  private static final List<String> WITH_SETTINGS =
      List.of(
          "order-1 READ aA",
          "order-1 WRITE oA",
          "order-1 DELETE jaoA",
          "order-1 WRITE_METADATA A",
          "ledger-1 READ aA",
          "ledger-1 WRITE jA",
          "$$ledger-1 WRITE A",
          "$sys-1 READ oA",
          "$sys-1 WRITE A",
          "$open-1 READ jaoA",
          "$audit READ A",
          "$ce-order READ oA",
          "$all READ oA",
          "$dcb READ oA");

  private static final String SETTINGS =
      "{\"$userStreamAcl\":{\"$r\":\"accounting\",\"$w\":[\"$ops\"],\"$mw\":[]},\"$systemStreamAcl\":{\"$r\":[\"$ops\"]}}";

  private static final String PASSWORD = "correct horse";

  /// What somebody does with a store, on whatever way.
  interface Door extends AutoCloseable {
    void read(StreamName stream);

    void readAll();

    void query();

    void write(StreamName stream);

    void delete(StreamName stream);

    void readMetadata(StreamName stream);

    void writeMetadata(StreamName stream);

    @Override
    void close();
  }

  private static final ExpectedState NOT_SO = ExpectedState.atRevision(999_999);

  private static ProposedEvent event() {
    return ProposedEvent.json("Happened", "{}");
  }

  @Test
  void through_the_node() throws Exception {
    try (var store = LocalEventStore.inMemory();
        var users = users(store, false)) {
      prepare(store);
      makeUsers(users);
      var node = new Node(store, Optional.empty(), Optional.of(users), Measures.none());
      var doors = new LinkedHashMap<Character, Door>();
      doors.put('n', new OfSession(node.as(Caller.anonymous())));
      for (var user : Map.of('j', "jo", 'a', "ann", 'o', "ops", 'A', "admin").entrySet()) {
        doors.put(user.getKey(), new OfSession(node.as(users.caller(user.getValue()))));
      }
      holds(WITHOUT_SETTINGS, doors);
      writeSettings(store);
      holds(WITH_SETTINGS, doors);
    }
  }

  @Test
  void whoever_names_no_user_may_what_everybody_may_if_the_node_says_so() throws Exception {
    try (var store = LocalEventStore.inMemory();
        var users = users(store, true)) {
      prepare(store);
      var node = new Node(store, Optional.empty(), Optional.of(users), Measures.none());
      holds(
          List.of(
              "order-1 READ n",
              "order-1 WRITE n",
              "$open-1 READ n",
              "ledger-1 READ -",
              "$sys-1 READ -",
              "$all READ -"),
          Map.of('n', new OfSession(node.as(Caller.anonymous()))));
    }
  }

  @Test
  void through_the_network() {
    var store = LocalEventStore.inMemory();
    prepare(store);
    try (var server = TestServer.withUsers(store)) {
      makeUsers(server);
      var doors = new LinkedHashMap<Character, Door>();
      doors.put('n', new OfClient(RemoteEventStore.connect(server.connectionString())));
      doors.put('j', client(server, "jo", "correct%20horse"));
      doors.put('a', client(server, "ann", "correct%20horse"));
      doors.put('o', client(server, "ops", "changeit"));
      doors.put('A', client(server, "admin", "changeit"));
      var ofKurrent = new LinkedHashMap<Character, Door>();
      ofKurrent.put('n', KurrentDoor.of(server, "", ""));
      ofKurrent.put('j', KurrentDoor.of(server, "jo", PASSWORD));
      ofKurrent.put('a', KurrentDoor.of(server, "ann", PASSWORD));
      ofKurrent.put('o', KurrentDoor.of(server, "ops", "changeit"));
      ofKurrent.put('A', KurrentDoor.of(server, "admin", "changeit"));
      try {
        holds(WITHOUT_SETTINGS, doors);
        holds(knownToKurrent(WITHOUT_SETTINGS), ofKurrent);
        writeSettings(store);
        holds(WITH_SETTINGS, doors);
        holds(knownToKurrent(WITH_SETTINGS), ofKurrent);
      } finally {
        doors.values().forEach(Door::close);
        ofKurrent.values().forEach(Door::close);
      }
    }
  }

  @Test
  void without_grpc() {
    var store = LocalEventStore.inMemory();
    prepare(store);
    try (var server = TestServer.withTcpAndUsers(store)) {
      makeUsers(server);
      var doors = new LinkedHashMap<Character, Door>();
      try {
        doors.put('n', OldDoor.of(server, "", ""));
        doors.put('j', OldDoor.of(server, "jo", PASSWORD));
        doors.put('a', OldDoor.of(server, "ann", PASSWORD));
        doors.put('o', OldDoor.of(server, "ops", "changeit"));
        doors.put('A', OldDoor.of(server, "admin", "changeit"));
        holds(WITHOUT_SETTINGS, doors);
        writeSettings(store);
        holds(WITH_SETTINGS, doors);
      } finally {
        doors.values().forEach(Door::close);
      }
    }
  }

  private static void writeSettings(LocalEventStore store) {
    store.append(
        StreamName.of("$settings"), ExpectedState.any(), ProposedEvent.json("$settings", SETTINGS));
  }

  private static List<String> knownToKurrent(List<String> table) {
    return table.stream().filter(line -> !line.startsWith("$dcb ")).toList();
  }

  private static Door client(TestServer server, String user, String password) {
    return new OfClient(RemoteEventStore.connect(server.connectionString(user, password)));
  }

  private static UserAccess users(LocalEventStore store, boolean anonymousStreams)
      throws Exception {
    var users =
        new UserAccess(
            store,
            new UserAccess.Options(Optional.empty(), Optional.empty(), false, anonymousStreams, 10),
            new UserAccess.Surroundings(
                Clock.systemUTC(),
                new SecureRandom(),
                UUID::randomUUID,
                Thread.ofVirtual().factory(),
                2));
    users.begin();
    assertThat(users.withDefaultPassword().get()).containsExactly("admin", "ops");
    return users;
  }

  private static void makeUsers(UserAccess users) {
    var entry = users.audit().entry(Caller.trusted(), "", "create user", "both");
    users.create("jo", PASSWORD, "Jo", List.of(), entry);
    users.create("ann", PASSWORD, "Ann", List.of("accounting"), entry);
  }

  private static void makeUsers(TestServer server) {
    try (var admin =
        RemoteUsers.connect(ConnectionString.parse(server.connectionString("admin", "changeit")))) {
      admin.create("jo", PASSWORD, "Jo", List.of());
      admin.create("ann", PASSWORD, "Ann", List.of("accounting"));
    }
  }

  private static void prepare(LocalEventStore store) {
    for (var name : List.of("order-1", "ledger-1", "$sys-1", "$open-1", "gone-1")) {
      store.append(StreamName.of(name), ExpectedState.any(), event());
    }
    acl(
        store,
        "ledger-1",
        Map.of(
            Acl.Action.READ, List.of("accounting"),
            Acl.Action.WRITE, List.of("jo"),
            Acl.Action.DELETE, List.of(),
            Acl.Action.READ_METADATA, List.of("ann")));
    acl(store, "$open-1", Map.of(Acl.Action.READ, List.of("$all")));
    acl(store, "gone-1", Map.of(Acl.Action.READ, List.of(), Acl.Action.WRITE, List.of()));
    store.tombstone(StreamName.of("gone-1"), ExpectedState.any());
  }

  private static void acl(
      LocalEventStore store, String stream, Map<Acl.Action, List<String>> actions) {
    store.writeMetadata(
        StreamName.of(stream),
        ExpectedState.any(),
        StreamMetadata.none().withAcl(new Acl(actions)));
  }

  private static void holds(List<String> table, Map<Character, Door> doors) {
    var found = new ArrayList<String>();
    var expected = new ArrayList<String>();
    for (var line : table) {
      var words = line.split(" ", -1);
      var may = new StringBuilder();
      for (var letter : "njaoA".toCharArray()) {
        var door = doors.get(letter);
        if (door != null && passes(door, Acl.Action.valueOf(words[1]), StreamName.of(words[0]))) {
          may.append(letter);
        }
      }
      expected.add(line);
      found.add("%s %s %s".formatted(words[0], words[1], may.isEmpty() ? "-" : may));
    }
    assertThat(found).isEqualTo(expected);
  }

  private static boolean passes(Door door, Acl.Action action, StreamName stream) {
    try {
      switch (action) {
        case READ -> {
          switch (stream.value()) {
            case "$all" -> door.readAll();
            case "$dcb" -> door.query();
            default -> door.read(stream);
          }
        }
        case WRITE -> door.write(stream);
        case DELETE -> door.delete(stream);
        case READ_METADATA -> door.readMetadata(stream);
        case WRITE_METADATA -> door.writeMetadata(stream);
      }
      return true;
    } catch (NotAuthorizedException e) {
      return false;
    } catch (LeftfoldException e) {
      return true; // wrong expected state, tombstoned: whoever is told that had the right
    }
  }

  private record OfSession(Session session) implements Door {
    @Override
    public void read(StreamName stream) {
      session.read(stream, ReadOptions.forwards()).close();
    }

    @Override
    public void readAll() {
      session.readAll(ReadOptions.forwards()).close();
    }

    @Override
    public void query() {
      session.read(Query.everything(), ReadOptions.forwards()).close();
    }

    @Override
    public void write(StreamName stream) {
      await(completion ->
          session.append(List.of(StreamAppend.of(stream, NOT_SO, event())), completion));
    }

    @Override
    public void delete(StreamName stream) {
      await(completion -> session.delete(stream, NOT_SO, completion));
    }

    private static void await(java.util.function.Consumer<Completion> work) {
      var done = new java.util.concurrent.CompletableFuture<Optional<LeftfoldException>>();
      work.accept(
          new Completion() {
            @Override
            public void completed(AppendResult result) {
              done.complete(Optional.empty());
            }

            @Override
            public void failed(LeftfoldException reason) {
              done.complete(Optional.of(reason));
            }
          });
      done.join()
          .ifPresent(reason -> {
            throw reason;
          });
    }

    @Override
    public void readMetadata(StreamName stream) {
      session.metadata(stream);
    }

    @Override
    public void writeMetadata(StreamName stream) {
      session.writeMetadata(stream, NOT_SO, StreamMetadata.none());
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private record OfClient(RemoteEventStore store) implements Door {
    @Override
    public void read(StreamName stream) {
      store.read(stream, ReadOptions.forwards()).close();
    }

    @Override
    public void readAll() {
      store.readAll(ReadOptions.forwards()).close();
    }

    @Override
    public void query() {
      store.read(Query.everything(), ReadOptions.forwards()).close();
    }

    @Override
    public void write(StreamName stream) {
      store.append(stream, NOT_SO, event());
    }

    @Override
    public void delete(StreamName stream) {
      store.delete(stream, NOT_SO);
    }

    @Override
    public void readMetadata(StreamName stream) {
      store.metadata(stream);
    }

    @Override
    public void writeMetadata(StreamName stream) {
      store.writeMetadata(stream, NOT_SO, StreamMetadata.none());
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
