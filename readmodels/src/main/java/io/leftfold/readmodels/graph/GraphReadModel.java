// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.graph;

import io.leftfold.readmodels.kept.KeptTransaction;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.ReadModelException;
import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.tinkerpop.gremlin.structure.Graph;
import org.apache.tinkerpop.gremlin.structure.Transaction.Status;

/// A read model in a graph: vertices and edges, which are asked in Gremlin.
///
/// ```java
/// var readModel = GraphReadModel.of(TinkerTransactionGraph.open());
///
/// readModel.<List<Object>>read(
///     "payments",
///     view -> view.g().V(view.id("7")).repeat(out("paid")).emit().times(3).dedup().id().toList());
/// ```
///
/// All versions lie in one graph: each vertex and edge of one has its name as the property
/// `leftfold`, and a [GraphView] meets only those. How far versions came is in vertices of its own,
/// written in the same transaction: `leftfold_projection`, from which edges lead to a
/// `leftfold_checkpoint` for each version, and from there to a `leftfold_parked` for each event
/// that waits. Which version is live is a checkpoint's to say, so readers change over in one step.
///
/// **What is durable** is what the graph keeps: TinkerPop's own is in memory, and whatever process
/// opens an empty one folds from zero.
///
/// **Which graphs.** One that has transactions, or what a failed step did would stay; and whose
/// vertices take strings as their ids. It is tried on `TinkerTransactionGraph`. One process has the
/// graph at a time, with one read model, and any number of threads; one transaction or question at
/// a time. A thread that comes here has no transaction of the graph open.
///
/// **No index** (`createIndex`) in a `TinkerTransactionGraph`: in TinkerPop 3.8.1 what is found
/// through one is changed at once, and no rollback undoes it. It is refused. Vertices are found by
/// their ids ([GraphView#id]); any other search looks at all of them.
public final class GraphReadModel implements ReadModel<GraphView> {

  /// The property of every vertex and edge that says of which version it is.
  public static final String VERSION = "leftfold";

  private final Graph graph;

  private GraphReadModel(Graph graph) {
    this.graph = graph;
  }

  /// In a graph.
  ///
  /// @param graph which stays the caller's to close
  /// @return the read model
  /// @throws IllegalArgumentException if the graph has no transactions, takes no strings as ids of
  ///   vertices, or has an index that is not undone with a transaction
  public static GraphReadModel of(Graph graph) {
    if (!graph.features().graph().supportsTransactions()) {
      throw new IllegalArgumentException(
          "A read model wants a graph with transactions, for what a failed step did must not stay, but %s has none; TinkerTransactionGraph has"
              .formatted(graph));
    }
    if (!graph.features().vertex().supportsUserSuppliedIds()
        || !graph.features().vertex().supportsStringIds()) {
      throw new IllegalArgumentException(
          "A read model gives vertices strings as ids, but %s does not take them".formatted(graph));
    }
    Tinker.refuseIndexes(graph);
    return new GraphReadModel(graph);
  }

  @Override
  public void prepare(ProjectionVersion version) {
    // Room is made when it is needed.
  }

  @Override
  public void drop(ProjectionVersion version) {
    inTransaction(() -> {
      graph.traversal().V().has(VERSION, GraphView.mark(version)).drop().iterate();
      new KeptVertices(graph).remove(version);
      return version;
    });
  }

  @Override
  public <R> R transact(Function<? super Transaction<GraphView>, ? extends R> work) {
    return this.<R>inTransaction(() -> {
      var kept = new KeptVertices(graph);
      var transaction =
          KeptTransaction.<GraphView>of(kept, version -> new GraphView(graph, version));
      R result = whole(() -> work.apply(transaction));
      kept.put(transaction.changes());
      return result;
    });
  }

  /// Does something that must leave the transaction open.
  private <R> R whole(Supplier<? extends R> work) {
    var ends = new ArrayList<Status>();
    Consumer<Status> listener = ends::add;
    graph.tx().addTransactionListener(listener);
    R result;
    try {
      result = work.get();
    } finally {
      graph.tx().removeTransactionListener(listener);
    }
    if (!ends.isEmpty()) {
      throw new IllegalStateException(
          "A fold has ended the transaction in which it was called (%s): what it did may be kept, and how far it came is not; drop the version, and fold it again"
              .formatted(ends));
    }
    return result;
  }

  private synchronized <R> R inTransaction(Supplier<? extends R> work) {
    Tinker.refuseIndexes(graph);
    if (graph.tx().isOpen()) {
      throw new IllegalStateException(
          "A transaction of %s is open in this thread; commit it or roll it back before a read model is asked"
              .formatted(graph));
    }
    var isDone = false;
    try {
      graph.tx().open();
      R result = work.get();
      commit();
      isDone = true;
      return result;
    } finally {
      if (!isDone && graph.tx().isOpen()) {
        graph.tx().rollback();
      }
    }
  }

  private void commit() {
    try {
      graph.tx().commit();
    } catch (RuntimeException e) {
      throw new ReadModelException("A transaction of %s failed: %s".formatted(graph, e), e);
    }
  }
}
