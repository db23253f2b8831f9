// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels;

import io.leftfold.readmodels.Trails.Trail;
import io.leftfold.readmodels.graph.GraphReadModel;
import io.leftfold.readmodels.graph.GraphView;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel;
import io.leftfold.toolkit.States;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.tinkerpop.gremlin.structure.Vertex;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerTransactionGraph;

/// Projections in a graph.
final class GraphProjectionTest extends ProjectionContract {

  @Override
  ReadModel<States<Trail>> open() {
    return new TrailsInGraph(GraphReadModel.of(TinkerTransactionGraph.open()));
  }

  @Override
  int momentsApart() {
    return 5;
  }

  /// A trail is a vertex, found by its partition.
  private record Trailing(GraphView view) implements States<Trail> {

    @Override
    public Optional<Trail> of(String partition) {
      return view.g().V(view.id(partition)).tryNext().map(Trailing::trail);
    }

    private static Trail trail(Vertex vertex) {
      return Trails.BINDING.readText(vertex.value("trail"));
    }

    @Override
    public void put(String partition, Trail trail) {
      var vertex = view.vertex("partition", partition);
      vertex.property("name", partition);
      vertex.property("trail", Trails.BINDING.writeText(trail));
    }

    @Override
    public void remove(String partition) {
      view.g().V(view.id(partition)).drop().iterate();
    }

    @Override
    public Map<String, Trail> all() {
      var all = new TreeMap<String, Trail>();
      view.g().V().forEachRemaining(vertex -> all.put(vertex.value("name"), trail(vertex)));
      return all;
    }
  }

  private record TrailsInGraph(GraphReadModel graph) implements ReadModel<States<Trail>> {

    @Override
    public void prepare(ProjectionVersion version) {
      graph.prepare(version);
    }

    @Override
    public void drop(ProjectionVersion version) {
      graph.drop(version);
    }

    @Override
    public <R> R transact(Function<? super Transaction<States<Trail>>, ? extends R> work) {
      return graph.<R>transact(transaction -> work.apply(withTrails(transaction)));
    }

    /// The same transaction, with another view.
    @SuppressWarnings("unchecked") // The proxy says so.
    private static Transaction<States<Trail>> withTrails(Transaction<GraphView> transaction) {
      return (Transaction<States<Trail>>)
          Proxy.newProxyInstance(
              GraphProjectionTest.class.getClassLoader(),
              new Class<?>[] {Transaction.class},
              (_, method, arguments) -> {
                try {
                  var answer = method.invoke(transaction, arguments);
                  return answer instanceof GraphView view ? new Trailing(view) : answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause() == null ? e : e.getCause();
                }
              });
    }
  }
}
