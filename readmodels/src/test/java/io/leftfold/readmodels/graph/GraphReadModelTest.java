// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.graph;

import static org.apache.tinkerpop.gremlin.process.traversal.dsl.graph.__.inV;
import static org.apache.tinkerpop.gremlin.process.traversal.dsl.graph.__.out;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.EventStore;
import io.leftfold.readmodels.Bank;
import io.leftfold.readmodels.Bank.Account;
import io.leftfold.readmodels.Bank.BankEvent;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.InMemoryReadModel;
import io.leftfold.toolkit.OnFailure;
import io.leftfold.toolkit.Projection;
import io.leftfold.toolkit.ProjectionFailedException;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.Projector;
import io.leftfold.toolkit.States;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.tinkerpop.gremlin.structure.Vertex;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerGraph;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerTransactionGraph;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The accounts of a bank as vertices, and transfers between them as edges.
final class GraphReadModelTest {

  private static final int ACCOUNTS = 8;
  private static final FoldingOptions OPTIONS =
      FoldingOptions.defaults()
          .withBatchEventsMax(3)
          .withAttemptsMax(1)
          .withPauses(Duration.ZERO, Duration.ZERO)
          .with(OnFailure.STOP);

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final TinkerTransactionGraph graph = TinkerTransactionGraph.open();
  private final GraphReadModel readModel = GraphReadModel.of(graph);

  /// The process is no more.
  private static final class Killed extends VirtualMachineError {
    private static final long serialVersionUID = 1;
  }

  @AfterEach
  void close() {
    graph.close();
    store.close();
  }

  /// @param moment called before, between and behind the changes of an event
  private static Projection<BankEvent, GraphView> payments(int version, Runnable moment) {
    return Projection.<BankEvent, GraphView>of(
            Bank.NAME,
            version,
            Bank.EVENTS,
            (view, occurred) -> {
              moment.run();
              switch (occurred.event()) {
                case BankEvent.Opened(var account, var owner) -> {
                  var vertex = view.vertex("account", account);
                  vertex.property("number", account);
                  vertex.property("owner", owner);
                  vertex.property("cents", 0L);
                }
                case BankEvent.Booked(var account, _, var cents, _) -> book(view, account, cents);
                case BankEvent.Transferred(var account, var to, var day, var cents) -> {
                  book(view, account, -cents);
                  moment.run();
                  view.g()
                      .V(view.id(account))
                      .as("from")
                      .V(view.id(to))
                      .addE("paid")
                      .from("from")
                      .property("cents", cents)
                      .property("day", day.toString())
                      .iterate();
                }
              }
              moment.run();
            })
        .partitionedBy((_, _) -> "bank");
  }

  private static void book(GraphView view, String account, long cents) {
    var vertex = view.g().V(view.id(account)).next();
    vertex.property("cents", vertex.<Long>value("cents") + cents);
  }

  private Projector<?, ?> projector(GraphReadModel keptIn, int version) {
    return Projector.of(store, payments(version, () -> {}), keptIn, OPTIONS);
  }

  private void someHistory() {
    Bank.open(store, ACCOUNTS);
    Bank.book(store, ACCOUNTS, 0, 5);
    Bank.transfer(store, "0", "1", 50);
    Bank.transfer(store, "1", "2", 40);
    Bank.transfer(store, "2", "3", 30);
    Bank.transfer(store, "3", "4", 20);
    Bank.transfer(store, "2", "0", 10);
    Bank.transfer(store, "6", "0", 10);
    Bank.transfer(store, "1", "5", 10);
    Bank.transfer(store, "1", "5", 5);
  }

  private static List<String> reached(GraphReadModel readModel, String account, int steps) {
    return readModel.<List<String>>read(
        Bank.NAME,
        view ->
            view.g()
                .V(view.id(account))
                .repeat(out("paid"))
                .emit()
                .times(steps)
                .dedup()
                .<String>values("number")
                .order()
                .toList());
  }

  /// Everything that a reader sees: owners and balances, and who paid whom.
  private record Seen(Map<String, String> accounts, List<String> payments) {

    static Seen in(GraphReadModel readModel) {
      return readModel.<Seen>read(Bank.NAME, Seen::of);
    }

    private static Seen of(GraphView view) {
      var accounts = new TreeMap<String, String>();
      view.g().V().forEachRemaining(vertex -> accounts.put(vertex.value("number"), text(vertex)));
      return new Seen(
          accounts,
          view.g()
              .E()
              .toStream()
              .map(edge ->
                  "%s paid %s %s"
                      .formatted(
                          edge.outVertex().value("number"),
                          edge.inVertex().value("number"),
                          edge.value("cents")))
              .sorted()
              .toList());
    }

    private static String text(Vertex vertex) {
      return "%s %s".formatted(vertex.value("owner"), vertex.value("cents"));
    }
  }

  private Seen foldFromZero() {
    try (var empty = TinkerTransactionGraph.open()) {
      var fresh = GraphReadModel.of(empty);
      projector(fresh, 1).catchUp();
      return Seen.in(fresh);
    }
  }

  // ---- what it is for

  @Test
  void whom_money_reached_in_so_many_steps_is_a_question_to_the_graph() {
    someHistory();
    projector(readModel, 1).catchUp();

    assertThat(reached(readModel, "0", 1)).containsExactly("1");
    assertThat(reached(readModel, "0", 3)).containsExactly("0", "1", "2", "3", "5");
    assertThat(reached(readModel, "6", 3)).containsExactly("0", "1", "2", "5");
    assertThat(reached(readModel, "7", 3)).isEmpty();
    assertThat(
            readModel.<Number>read(
                Bank.NAME,
                view ->
                    view.g()
                        .V(view.id("1"))
                        .outE("paid")
                        .where(inV().has("number", "5"))
                        .<Number>values("cents")
                        .sum()
                        .next()))
        .isEqualTo(15L);
  }

  @Test
  void accounts_in_the_graph_are_those_of_the_same_fold_elsewhere() {
    someHistory();
    projector(readModel, 1).catchUp();
    var elsewhere = new InMemoryReadModel<Account>();
    Projector.of(store, Bank.overview(1), elsewhere, OPTIONS).catchUp();

    var expected = new TreeMap<String, String>();
    elsewhere
        .<Map<String, Account>>read(Bank.NAME, States::all)
        .forEach((number, account) ->
            expected.put(number, "%s %d".formatted(account.owner(), account.cents())));
    assertThat(Seen.in(readModel).accounts()).isEqualTo(expected);
    assertThat(Seen.in(readModel).payments())
        .containsExactly(
            "0 paid 1 50",
            "1 paid 2 40",
            "1 paid 5 10",
            "1 paid 5 5",
            "2 paid 0 10",
            "2 paid 3 30",
            "3 paid 4 20",
            "6 paid 0 10");
  }

  // ---- once

  @Test
  void killed_at_any_moment_and_begun_again_it_is_the_fold_from_zero() {
    someHistory();
    var expected = foldFromZero();

    for (var last = 0; ; last++) {
      var left = new int[] {last};
      var dying =
          payments(
              1,
              () -> {
                if (left[0]-- == 0) {
                  throw new Killed();
                }
              });
      try {
        Projector.of(store, dying, readModel, OPTIONS).catchUp();
      } catch (Killed _) {
        // Another process takes its place.
      }
      projector(readModel, 1).catchUp();

      assertThat(Seen.in(readModel)).as("killed at moment %d", last).isEqualTo(expected);
      if (left[0] >= 0) {
        assertThat(last).isGreaterThan(50);
        return;
      }
      readModel.drop(new ProjectionVersion(Bank.NAME, 1));
    }
  }

  // ---- versions

  @Test
  void a_version_that_is_built_beside_is_met_by_nobody_until_it_takes_the_place() {
    someHistory();
    projector(readModel, 1).catchUp();
    var expected = foldFromZero();
    var next = projector(readModel, 2);
    next.step();
    next.step();
    assertThat(Seen.in(readModel)).isEqualTo(expected);
    next.catchUp();
    readModel.drop(new ProjectionVersion(Bank.NAME, 1));
    assertThat(Seen.in(readModel)).isEqualTo(expected);
    Bank.transfer(store, "4", "7", 1);
    next.catchUp();

    assertThat(reached(readModel, "2", 3)).contains("7");
    assertThat(Seen.in(readModel)).isEqualTo(foldFromZero());
    readModel.drop(new ProjectionVersion(Bank.NAME, 2));
    assertThat(labels()).containsExactly("leftfold_projection");
  }

  private List<String> labels() {
    try {
      return graph.traversal().V().label().dedup().order().toList();
    } finally {
      graph.tx().rollback();
    }
  }

  // ---- which graphs

  @Test
  void a_graph_that_cannot_undo_is_refused() {
    var plain = TinkerGraph.open();
    assertThatThrownBy(() -> GraphReadModel.of(plain))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TinkerTransactionGraph has");

    graph.createIndex("number", Vertex.class);
    assertThatThrownBy(() -> GraphReadModel.of(graph))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("index");
    assertThatThrownBy(() -> reached(readModel, "0", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("index");
    graph.dropIndex("number", Vertex.class);
  }

  @Test
  void a_transaction_that_is_open_already_is_left_to_whoever_opened_it() {
    someHistory();
    projector(readModel, 1).catchUp();
    graph.traversal().addV("mine").iterate();

    assertThatThrownBy(() -> reached(readModel, "0", 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is open in this thread");

    assertThat(graph.tx().isOpen()).isTrue();
    graph.tx().commit();
    assertThat(reached(readModel, "0", 1)).containsExactly("1");
    assertThat(Seen.in(readModel)).isEqualTo(foldFromZero());
  }

  @Test
  void a_fold_that_ends_the_transaction_is_told() {
    Bank.open(store, 1);
    var ending =
        Projection.<BankEvent, GraphView>of(
                Bank.NAME, 1, Bank.EVENTS, (view, _) -> endAndGoOn(view))
            .partitionedBy((_, _) -> "bank");

    assertThatThrownBy(() -> Projector.of(store, ending, readModel, OPTIONS).catchUp())
        .isInstanceOf(ProjectionFailedException.class)
        .hasMessageContaining("ended the transaction");
  }

  private static void endAndGoOn(GraphView view) {
    view.g().getGraph().tx().commit();
    view.vertex("account", "7");
  }
}
