// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventStore;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.api.StreamTombstonedException;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Reads instances. Those that were used last are kept, and read on from where they were: an
/// instance that lives long is not folded from its beginning for each input.
///
/// An instance that is kept belongs to nobody. Whoever asks for it takes it away, and may give it
/// back; meanwhile others read another one.
final class Instances<E, S, C> {

  private final EventStore store;
  private final ProcessDefinition<E, S, C> definition;
  private final int keptMax;

  /// Those that were given back first come first.
  private final SequencedMap<String, Instance<E, S, C>> kept = new LinkedHashMap<>();

  /// How often all were forgotten. Those that were read before the last time are not kept.
  private long generation;

  Instances(EventStore store, ProcessDefinition<E, S, C> definition, int keptMax) {
    this.store = store;
    this.definition = definition;
    this.keptMax = keptMax;
  }

  /// An instance as it is now; one that was never written, if there is none.
  Instance<E, S, C> of(String name) {
    var known = take(name);
    return known != null && isReadOn(known) ? known : fromTheBeginning(name);
  }

  private Instance<E, S, C> fromTheBeginning(String name) {
    var instance = new Instance<>(definition, name, generation());
    if (!read(name, 0, instance::apply)) {
      instance.complete();
    }
    return instance;
  }

  /// Reads what is behind the last entry. That must be there still: what is behind it may be
  /// another beginning.
  private boolean isReadOn(Instance<E, S, C> instance) {
    var begun = instance.revision();
    var isThere = new boolean[1];
    var isOpen =
        read(
            instance.name(),
            begun,
            entry -> {
              if (entry.original().revision() == begun) {
                isThere[0] = true;
              } else if (isThere[0]) {
                instance.apply(entry);
              }
            });
    return isOpen && isThere[0];
  }

  /// Goes through the stream of an instance.
  ///
  /// @return whether that can be read; not, if it was closed for ever
  boolean read(String name, long from, Consumer<ResolvedEvent> action) {
    var options = ReadOptions.forwards().from(from).resolvingLinks();
    try (var entries = store.read(definition.stream(name), options)) {
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

  // ---- keeping

  private synchronized @Nullable Instance<E, S, C> take(String name) {
    return kept.remove(name);
  }

  /// Gives an instance back; whoever does must not use it any more. One that cannot be folded is
  /// not kept: what stands against it may be gone when it is read again.
  synchronized void giveBack(Instance<E, S, C> instance) {
    if (instance.generation() != generation || instance.isBroken() || !instance.isThere()) {
      return;
    }
    var other = kept.get(instance.name());
    if (other == null || other.revision() < instance.revision()) {
      kept.putLast(instance.name(), instance);
    }
    if (kept.size() > keptMax) {
      kept.pollFirstEntry();
    }
  }

  private synchronized long generation() {
    return generation;
  }

  synchronized void forgetAll() {
    generation++;
    kept.clear();
  }
}
