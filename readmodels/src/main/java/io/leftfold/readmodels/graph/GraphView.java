// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.graph;

import io.leftfold.toolkit.ProjectionVersion;
import org.apache.tinkerpop.gremlin.process.traversal.dsl.graph.GraphTraversalSource;
import org.apache.tinkerpop.gremlin.process.traversal.strategy.decoration.PartitionStrategy;
import org.apache.tinkerpop.gremlin.structure.Graph;
import org.apache.tinkerpop.gremlin.structure.T;
import org.apache.tinkerpop.gremlin.structure.Vertex;

/// The vertices and edges of one version of a projection, in a transaction, for the thread that it
/// was given to, as long as that lasts.
///
/// ```java
/// view.vertex("account", "7").property("owner", "Ann");
/// view.g().V(view.id("7")).as("from").V(view.id("8")).addE("paid").from("from").iterate();
/// ```
///
/// A traversal does nothing until it is iterated, and means nothing once the transaction has ended:
/// what is asked is taken out of it (`toList`, `next`) within.
public final class GraphView {

  private final GraphTraversalSource source;
  private final ProjectionVersion version;

  GraphView(Graph graph, ProjectionVersion version) {
    var mark = mark(version);
    this.source =
        graph
            .traversal()
            .withStrategies(
                PartitionStrategy.build()
                    .partitionKey(GraphReadModel.VERSION)
                    .writePartition(mark)
                    .readPartitions(mark)
                    .create());
    this.version = version;
  }

  /// What elements of a version have as their property [GraphReadModel#VERSION].
  static String mark(ProjectionVersion version) {
    return "%s/%d".formatted(version.projection(), version.version());
  }

  /// Where traversals begin: they meet what is of this version, and what they add is. The
  /// transaction is not ended through it.
  ///
  /// @return the source
  public GraphTraversalSource g() {
    return source;
  }

  /// The id of a vertex in this version, by which it is found without a search. Ids are those of
  /// the whole graph, so other versions have others.
  ///
  /// @param name of a vertex, among all of the version
  /// @return its id
  public String id(String name) {
    return "%s/%s".formatted(mark(version), name);
  }

  /// The vertex of a name; made, if it is not there.
  ///
  /// @param label of the vertex that is made
  /// @param name among all of the version
  /// @return the vertex
  public Vertex vertex(String label, String name) {
    return source.V(id(name))
        .tryNext()
        .orElseGet(() -> source.addV(label).property(T.id, id(name)).next());
  }
}
