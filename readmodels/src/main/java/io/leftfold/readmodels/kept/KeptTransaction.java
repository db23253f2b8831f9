// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.kept;

import io.leftfold.readmodels.kept.Key.Kind;
import io.leftfold.toolkit.Checkpoint;
import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.ParkedPartition;
import io.leftfold.toolkit.ProjectionVersion;
import io.leftfold.toolkit.ReadModel.Transaction;
import io.leftfold.toolkit.ReadModelException;
import io.leftfold.toolkit.States;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/// A transaction over texts by their keys: what it changes lies over what is kept, until somebody
/// keeps it. One at a time.
///
/// @param <V> what a fold writes to
public final class KeptTransaction<V> implements Transaction<V> {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Texts kept;
  private final NavigableMap<Key, Optional<String>> changes = new TreeMap<>();
  private final BiFunction<? super KeptTransaction<V>, ProjectionVersion, ? extends V> views;

  private KeptTransaction(
      Texts kept, BiFunction<? super KeptTransaction<V>, ProjectionVersion, ? extends V> views) {
    this.kept = kept;
    this.views = views;
  }

  /// Over states of partitions. Nothing is changed yet.
  ///
  /// @param kept which this only reads
  /// @param binding between states and JSON
  /// @param <S> the state of a partition
  /// @return the transaction
  public static <S> KeptTransaction<States<S>> ofStates(Texts kept, JsonBinding<S> binding) {
    return new KeptTransaction<>(
        kept, (transaction, version) -> new KeptStates<>(transaction, version, binding));
  }

  /// Over views that are no texts. Nothing is changed yet.
  ///
  /// @param kept which this only reads
  /// @param views what the folds of a version write to
  /// @param <V> what a fold writes to
  /// @return the transaction
  public static <V> KeptTransaction<V> of(
      Texts kept, Function<? super ProjectionVersion, ? extends V> views) {
    return new KeptTransaction<>(kept, (_, version) -> views.apply(version));
  }

  // ---- texts

  /// What was changed: new texts, and nothing for what was removed.
  ///
  /// @return by their keys
  public SortedMap<Key, Optional<String>> changes() {
    return changes;
  }

  /// What is there.
  ///
  /// @param key of a text
  /// @return the text
  public Optional<String> get(Key key) {
    var changed = changes.get(key);
    return changed == null ? kept.get(key) : changed;
  }

  /// Changes a text.
  ///
  /// @param key of the text
  /// @param text the new one
  public void put(Key key, String text) {
    changes.put(key, Optional.of(text));
  }

  /// Removes a text, if there is one.
  ///
  /// @param key of the text
  public void remove(Key key) {
    changes.put(key, Optional.empty());
  }

  /// Everything between two keys.
  ///
  /// @param from the first
  /// @param to the last
  /// @return texts by their keys; may be changed
  public NavigableMap<Key, String> between(Key from, Key to) {
    var all = new TreeMap<>(kept.between(from, to));
    changes
        .subMap(from, true, to, true)
        .forEach((key, text) ->
            text.ifPresentOrElse(present -> all.put(key, present), () -> all.remove(key)));
    return all;
  }

  /// Removes everything of a version.
  ///
  /// @param version whose
  public void removeAll(ProjectionVersion version) {
    for (var kind : Kind.values()) {
      between(new Key(kind, version, "", 0), behind(kind, version)).keySet().forEach(this::remove);
    }
  }

  /// A key that comes behind all others of a kind and a version.
  ///
  /// @param kind of what
  /// @param version whose
  /// @return the key; nothing is kept under it
  public static Key behind(Kind kind, ProjectionVersion version) {
    return new Key(
        kind, new ProjectionVersion(version.projection(), version.version() + 1), "", -1);
  }

  // ---- as a transaction of a read model

  @Override
  public V view(ProjectionVersion version) {
    return views.apply(this, version);
  }

  @Override
  public List<Checkpoint> checkpoints(String projection) {
    var first = new ProjectionVersion(projection, 1);
    var last = new ProjectionVersion(projection, Integer.MAX_VALUE);
    return between(Key.checkpoint(first), Key.checkpoint(last)).entrySet().stream()
        .map(one -> checkpoint(one.getKey().version(), one.getValue()))
        .toList();
  }

  private static Checkpoint checkpoint(ProjectionVersion version, String text) {
    var json = JSON.readTree(text);
    return new Checkpoint(
        version,
        Role.valueOf(json.get("role").asString()),
        json.get("position").asLong(),
        json.get("reactsAfter").asLong(),
        json.get("revision").asLong());
  }

  private static String text(Checkpoint checkpoint) {
    return JSON.createObjectNode()
        .put("role", checkpoint.role().name())
        .put("position", checkpoint.position())
        .put("reactsAfter", checkpoint.reactsAfter())
        .put("revision", checkpoint.revision())
        .toString();
  }

  @Override
  public void add(Checkpoint first) {
    var key = Key.checkpoint(first.version());
    if (get(key).isPresent()) {
      throw new ReadModelException(
          "A checkpoint of %s was to be added, but there is one".formatted(first.version()));
    }
    put(key, text(first));
  }

  @Override
  public boolean replace(Checkpoint before, Checkpoint after) {
    var version = before.version();
    var now = get(Key.checkpoint(version)).map(text -> checkpoint(version, text));
    // The whole of it: a store that lost what it had said was kept may come to the same revision
    // again, elsewhere.
    if (now.filter(before::equals).isEmpty()) {
      return false;
    }
    put(Key.checkpoint(version), text(after));
    return true;
  }

  @Override
  public List<ParkedPartition> parked(ProjectionVersion version) {
    var parked = new ArrayList<ParkedPartition>();
    between(Key.parked(version, "", 0), behind(Kind.PARKED, version))
        .forEach((key, failure) -> {
          if (!parked.isEmpty() && parked.getLast().partition().equals(key.partition())) {
            parked.add(oneMore(parked.removeLast()));
          } else {
            parked.add(new ParkedPartition(key.partition(), key.position(), failure, 1));
          }
        });
    return parked;
  }

  private static ParkedPartition oneMore(ParkedPartition one) {
    return new ParkedPartition(one.partition(), one.position(), one.failure(), one.events() + 1);
  }

  @Override
  public List<Long> parkedEvents(
      ProjectionVersion version, String partition, long from, int limit) {
    return between(
            Key.parked(version, partition, from), Key.parked(version, partition, Long.MAX_VALUE))
        .keySet()
        .stream()
        .map(Key::position)
        .limit(limit)
        .toList();
  }

  @Override
  public void park(ProjectionVersion version, String partition, long position, String failure) {
    put(Key.parked(version, partition, position), failure);
  }

  @Override
  public void unpark(ProjectionVersion version, String partition, long position) {
    remove(Key.parked(version, partition, position));
  }
}
