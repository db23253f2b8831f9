// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamTombstonedException;
import java.util.Optional;

/// Reads instances.
final class Instances<E, S, C> {

  private final EventStore store;
  private final ProcessDefinition<E, S, C> definition;

  Instances(EventStore store, ProcessDefinition<E, S, C> definition) {
    this.store = store;
    this.definition = definition;
  }

  /// An instance as it is now; one that was never written, if there is none.
  Instance<E, S, C> of(String name) {
    var instance = new Instance<>(definition, name);
    try (var entries =
        store.read(definition.stream(name), ReadOptions.forwards().resolvingLinks())) {
      for (var entry : entries) {
        instance.apply(hidden(entry));
      }
    } catch (StreamTombstonedException _) {
      instance.complete();
    }
    return instance;
  }

  /// What a link leads to may be hidden from the readers of its stream; at its position it is seen
  /// for as long as it is kept.
  private ResolvedEvent hidden(ResolvedEvent entry) {
    return entry.event().isPresent()
        ? entry
        : new ResolvedEvent(
            EntryFormat.source(entry.original()).stream()
                .mapToObj(store::eventAt)
                .flatMap(Optional::stream)
                .findFirst(),
            entry.link());
  }
}
