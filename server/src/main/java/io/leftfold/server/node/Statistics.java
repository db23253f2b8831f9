// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.EventCounts;
import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.LocalEventStore;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Figures about a node and its store, for who may see them.
public final class Statistics {

  private final LocalEventStore store;
  private final Measures measures;
  private final Runnable require;

  /// @param require lets pass who may see them
  Statistics(LocalEventStore store, Measures measures, Runnable require) {
    this.store = store;
    this.measures = measures;
    this.require = require;
  }

  /// Figures about the store by their names, for people and dashboards.
  ///
  /// @return the figures, in the order of names
  public Map<String, String> ofStore() {
    require.run();
    var stats = store.stats();
    var figures = new TreeMap<String, String>();
    figures.put("events", Long.toString(stats.events()));
    figures.put("streams", Long.toString(stats.streams()));
    figures.put("categories", Long.toString(stats.categories()));
    figures.put("event-types", Long.toString(stats.eventTypes()));
    figures.put("tags", Long.toString(stats.tags()));
    figures.put("chunks", Integer.toString(stats.chunks()));
    figures.put("log-bytes", Long.toString(stats.logBytes()));
    figures.put("queue-length", Integer.toString(stats.queueLength()));
    figures.put("indexed-events", Long.toString(store.indexProgress().indexed()));
    figures.put("store-id", store.storeId().toString());
    store.lastPosition().ifPresent(last -> figures.put("last-position", Long.toString(last)));
    return figures;
  }

  /// Figures about the node by the names that KurrentDB has for them, where it has some: of the
  /// process (`proc-`), of the machine (`sys-`) and of the store (`es-`). What KurrentDB tells of
  /// parts that there are none of here is left out.
  ///
  /// @return the figures, in the order of names
  public Map<String, String> ofNode() {
    var figures = new TreeMap<String, String>();
    ofStore().forEach((name, figure) -> figures.put("es-" + name, figure));
    figures.put("es-queue-writer-queueName", "writer");
    figures.put("es-queue-writer-length", figures.get("es-queue-length"));
    measures.flushes().addTo(figures);
    measures.connections().addTo(figures);
    var usable = store.writerState().diskUsableBytes();
    if (usable != Long.MAX_VALUE) {
      figures.put("sys-drive-data-availableBytes", Long.toString(usable));
    }
    ProcessFigures.addTo(figures);
    return figures;
  }

  /// The connections of the old TCP protocol that are open.
  ///
  /// @return the connections, in the order of their peers
  public List<Connections.Open> connections() {
    require.run();
    return measures.connections().all();
  }

  /// How many events there are of the most frequent types and categories; none are counted while
  /// the index is made.
  ///
  /// @param most how many of each to give
  /// @return the counts
  public EventCounts counts(int most) {
    require.run();
    return store.indexProgress().state() == IndexProgress.State.WHOLE
        ? store.counts(most)
        : new EventCounts(Map.of(), Map.of());
  }
}
