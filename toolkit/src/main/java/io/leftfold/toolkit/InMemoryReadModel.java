// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// States in memory, for tests, and for what is folded anew whenever a program starts. One
/// transaction at a time; what one did is undone if it fails.
///
/// @param <S> the state of a partition
public final class InMemoryReadModel<S> implements ReadModel<States<S>> {

  private final Map<ProjectionVersion, Checkpoint> checkpoints = new HashMap<>();
  private final Map<ProjectionVersion, SortedMap<String, S>> states = new HashMap<>();
  private final Map<ProjectionVersion, SortedMap<String, NavigableMap<Long, String>>> parked =
      new HashMap<>();

  /// Without anything.
  public InMemoryReadModel() {}

  @Override
  public synchronized void prepare(ProjectionVersion version) {
    // Room is made when it is needed.
  }

  @Override
  public synchronized void drop(ProjectionVersion version) {
    checkpoints.remove(version);
    states.remove(version);
    parked.remove(version);
  }

  @Override
  public synchronized <R> R transact(Function<? super Transaction<States<S>>, ? extends R> work) {
    var undoing = new Undoing();
    try {
      return work.apply(undoing);
    } catch (Throwable e) {
      undoing.undo();
      throw e;
    }
  }

  /// Changes what is there at once, and remembers how it was.
  private final class Undoing implements Transaction<States<S>> {

    private final Deque<Runnable> before = new ArrayDeque<>();

    void undo() {
      before.forEach(Runnable::run);
    }

    private <K, T> void put(Map<K, T> map, K key, T value) {
      var old = map.put(key, value);
      before.push(() -> {
        if (old == null) {
          map.remove(key);
        } else {
          map.put(key, old);
        }
      });
    }

    private <K, T> void remove(Map<K, T> map, K key) {
      var old = map.remove(key);
      if (old != null) {
        before.push(() -> map.put(key, old));
      }
    }

    private static <K, T> SortedMap<K, T> of(
        Map<ProjectionVersion, SortedMap<K, T>> map, ProjectionVersion version) {
      return map.computeIfAbsent(version, _ -> new TreeMap<>());
    }

    @Override
    public States<S> view(ProjectionVersion version) {
      var map = of(states, version);
      return new States<>() {
        @Override
        public Optional<S> of(String partition) {
          return Optional.ofNullable(map.get(partition));
        }

        @Override
        public void put(String partition, S state) {
          Undoing.this.put(map, partition, state);
        }

        @Override
        public void remove(String partition) {
          Undoing.this.remove(map, partition);
        }

        @Override
        public Map<String, S> all() {
          return new TreeMap<>(map);
        }
      };
    }

    @Override
    public List<Checkpoint> checkpoints(String projection) {
      return checkpoints.values().stream()
          .filter(one -> one.version().projection().equals(projection))
          .sorted(Comparator.comparingInt(one -> one.version().version()))
          .toList();
    }

    @Override
    public void add(Checkpoint first) {
      if (checkpoints.containsKey(first.version())) {
        throw new ReadModelException(
            "A checkpoint of %s was to be added, but there is one".formatted(first.version()));
      }
      put(checkpoints, first.version(), first);
    }

    @Override
    public boolean replace(Checkpoint before, Checkpoint after) {
      var now = checkpoints.get(before.version());
      if (now == null || now.revision() != before.revision()) {
        return false;
      }
      put(checkpoints, after.version(), after);
      return true;
    }

    @Override
    public List<ParkedPartition> parked(ProjectionVersion version) {
      return of(parked, version).entrySet().stream()
          .filter(one -> !one.getValue().isEmpty())
          .map(one -> summary(one.getKey(), one.getValue()))
          .toList();
    }

    private static ParkedPartition summary(String partition, NavigableMap<Long, String> events) {
      return new ParkedPartition(
          partition, events.firstKey(), events.firstEntry().getValue(), events.size());
    }

    @Override
    public List<Long> parkedEvents(
        ProjectionVersion version, String partition, long from, int limit) {
      return events(version, partition).tailMap(from, true).keySet().stream().limit(limit).toList();
    }

    private NavigableMap<Long, String> events(ProjectionVersion version, String partition) {
      return of(parked, version).computeIfAbsent(partition, _ -> new TreeMap<>());
    }

    @Override
    public void park(ProjectionVersion version, String partition, long position, String failure) {
      put(events(version, partition), position, failure);
    }

    @Override
    public void unpark(ProjectionVersion version, String partition, long position) {
      remove(events(version, partition), position);
    }
  }
}
