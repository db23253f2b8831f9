// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.graph;

import java.util.stream.Stream;
import org.apache.tinkerpop.gremlin.structure.Edge;
import org.apache.tinkerpop.gremlin.structure.Graph;
import org.apache.tinkerpop.gremlin.structure.Vertex;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.AbstractTinkerGraph;

/// What has to be known of TinkerPop's own graphs, if their library is there at all.
final class Tinker {

  private static final String PACKAGE = "org.apache.tinkerpop.gremlin.tinkergraph.";

  private Tinker() {}

  /// Refuses a graph in which changes are not undone.
  static void refuseIndexes(Graph graph) {
    if (graph.getClass().getName().startsWith(PACKAGE) && Indexes.areIn(graph)) {
      throw new IllegalArgumentException(
          "%s has an index, and does not undo what is changed through it; drop it, and find vertices by their ids"
              .formatted(graph));
    }
  }

  /// Not loaded without the library.
  private static final class Indexes {
    private Indexes() {}

    static boolean areIn(Graph graph) {
      return graph instanceof AbstractTinkerGraph tinker
          && Stream.of(Vertex.class, Edge.class)
              .anyMatch(type -> !tinker.getIndexedKeys(type).isEmpty());
    }
  }
}
