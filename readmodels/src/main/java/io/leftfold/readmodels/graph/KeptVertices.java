// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.graph;

import io.leftfold.readmodels.kept.Key;
import io.leftfold.readmodels.kept.Key.Kind;
import io.leftfold.readmodels.kept.Texts;
import io.leftfold.toolkit.ProjectionVersion;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.tinkerpop.gremlin.process.traversal.dsl.graph.GraphTraversalSource;
import org.apache.tinkerpop.gremlin.structure.Graph;
import org.apache.tinkerpop.gremlin.structure.T;
import org.apache.tinkerpop.gremlin.structure.Vertex;

/// Checkpoints, and what is parked, as vertices of a graph in the transaction that is open:
///
/// ```
/// leftfold_projection -leftfold_keeps→ leftfold_checkpoint -leftfold_keeps→ leftfold_parked
/// ```
///
/// Each is found by its id; the last two have their key and their text as properties. They are of
/// no version, so no view meets them.
final class KeptVertices implements Texts {

  private static final String KEEPS = "leftfold_keeps";
  private static final String KEY = "leftfold_key";
  private static final String TEXT = "leftfold_text";

  private final GraphTraversalSource g;

  KeptVertices(Graph graph) {
    this.g = graph.traversal();
  }

  private static String id(Key key) {
    return "leftfold " + key.text();
  }

  /// Of the vertex from which everything of a key's kind is found.
  private static String parent(Key key) {
    return key.kind() == Kind.CHECKPOINT
        ? "leftfold " + key.version().projection()
        : id(Key.checkpoint(key.version()));
  }

  // ---- what is there

  @Override
  public Optional<String> get(Key key) {
    return g.V(id(key)).<String>values(TEXT).tryNext();
  }

  @Override
  public NavigableMap<Key, String> between(Key from, Key to) {
    var all = new TreeMap<Key, String>();
    g.V(parent(from))
        .out(KEEPS)
        .has(TEXT)
        .forEachRemaining(vertex -> all.put(Key.of(vertex.value(KEY)), vertex.value(TEXT)));
    return all.subMap(from, true, to, true);
  }

  // ---- what is changed

  void put(SortedMap<Key, Optional<String>> changes) {
    changes.forEach(
        (key, text) -> text.ifPresentOrElse(present -> put(key, present), () -> remove(key)));
  }

  private void put(Key key, String text) {
    if (key.kind() == Kind.STATE) {
      throw new IllegalStateException("States are in views, got one to keep: " + key.text());
    }
    vertex(key).property(TEXT, text);
  }

  /// The vertex of a key; made, beneath its parent, if it is not there.
  private Vertex vertex(Key key) {
    return g.V(id(key))
        .tryNext()
        .orElseGet(() -> {
          var isCheckpoint = key.kind() == Kind.CHECKPOINT;
          var parent = isCheckpoint ? projection(key) : vertex(Key.checkpoint(key.version()));
          var made =
              g.addV(isCheckpoint ? "leftfold_checkpoint" : "leftfold_parked")
                  .property(T.id, id(key))
                  .property(KEY, key.text())
                  .next();
          parent.addEdge(KEEPS, made);
          return made;
        });
  }

  private Vertex projection(Key checkpoint) {
    return g.V(parent(checkpoint))
        .tryNext()
        .orElseGet(() -> g.addV("leftfold_projection").property(T.id, parent(checkpoint)).next());
  }

  private void remove(Key key) {
    g.V(id(key)).drop().iterate();
  }

  /// Removes everything of a version.
  void remove(ProjectionVersion version) {
    var checkpoint = id(Key.checkpoint(version));
    g.V(checkpoint).out(KEEPS).drop().iterate();
    g.V(checkpoint).drop().iterate();
  }
}
