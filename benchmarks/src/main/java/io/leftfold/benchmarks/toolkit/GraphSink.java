// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import java.util.List;
import org.apache.tinkerpop.gremlin.structure.T;
import org.apache.tinkerpop.gremlin.structure.Vertex;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerTransactionGraph;

/// A vertex for each balance, and one for the place, in a transaction for each step.
final class GraphSink implements Sink {

  private final TinkerTransactionGraph graph = TinkerTransactionGraph.open();

  /// Books on the vertex of an account.
  static void book(Vertex balance, Booked booked) {
    balance.property("cents", balance.<Long>property("cents").orElse(0L) + booked.cents());
    balance.property("bookings", balance.<Long>property("bookings").orElse(0L) + 1);
  }

  @Override
  public void take(List<Booked> events, long place) {
    for (var event : events) {
      book(vertex("balance", event.account()), event);
    }
    vertex("place", "place").property("position", place);
    graph.tx().commit();
  }

  private Vertex vertex(String label, String id) {
    var source = graph.traversal();
    return source.V(id).tryNext().orElseGet(() -> source.addV(label).property(T.id, id).next());
  }

  @Override
  public void close() {
    graph.close();
  }
}
