// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamTombstonedException;
import java.util.Optional;
import java.util.function.Consumer;

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
    if (!read(name, instance::apply)) {
      instance.complete();
    }
    return instance;
  }

  /// Goes through the stream of an instance.
  ///
  /// @return whether that can be read; not, if it was closed for ever
  boolean read(String name, Consumer<ResolvedEvent> action) {
    try (var entries =
        store.read(definition.stream(name), ReadOptions.forwards().resolvingLinks())) {
      for (var entry : entries) {
        action.accept(hidden(entry));
      }
      return true;
    } catch (StreamTombstonedException _) {
      return false;
    }
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
