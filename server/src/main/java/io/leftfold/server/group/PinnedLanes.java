// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import io.leftfold.api.ResolvedEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A lane for each consumer. A key falls into one of 1,024 buckets, and each bucket belongs to one
/// consumer. Who comes takes a fair share of buckets from those who have most; who goes leaves his
/// to those who have least.
final class PinnedLanes implements Dispatch {

  private static final int BUCKETS = 1024;
  private static final int MIX = 0x9E3779B9;

  private final Function<ResolvedEvent, String> key;
  private final @Nullable Consumer[] owners = new @Nullable Consumer[BUCKETS];
  private final Map<Consumer, Lane> lanes = new LinkedHashMap<>();

  /// Lanes to look at, each once.
  private final ArrayDeque<Consumer> turns = new ArrayDeque<>();

  /// What waits while nobody is there.
  private final Lane unowned = new Lane();

  PinnedLanes(Function<ResolvedEvent, String> key) {
    this.key = key;
  }

  private int bucket(Entry entry) {
    return (key.apply(entry.event).hashCode() * MIX) >>> (Integer.SIZE - 10);
  }

  @Override
  public void add(Entry entry) {
    var owner = owners[bucket(entry)];
    (owner == null ? unowned : laneOf(owner)).add(entry);
  }

  private Lane laneOf(Consumer consumer) {
    return lanes.getOrDefault(consumer, unowned);
  }

  @Override
  public void joined(Consumer consumer) {
    lanes.put(consumer, new Lane());
    turns.add(consumer);
    var share = BUCKETS / lanes.size();
    var counts = counts();
    for (var i = 0; i < BUCKETS && counts.getOrDefault(consumer, 0) < share; i++) {
      var owner = owners[i];
      if (owner == null || counts.getOrDefault(owner, 0) > share) {
        own(i, consumer, counts);
      }
    }
    for (var i = 0; i < BUCKETS; i++) {
      if (owners[i] == null) {
        own(i, consumer, counts);
      }
    }
    sortAgain(unowned);
  }

  private void own(int bucket, Consumer consumer, Map<Consumer, Integer> counts) {
    var owner = owners[bucket];
    if (owner != null) {
      counts.merge(owner, -1, Integer::sum);
    }
    counts.merge(consumer, 1, Integer::sum);
    owners[bucket] = consumer;
  }

  private Map<Consumer, Integer> counts() {
    var counts = new LinkedHashMap<Consumer, Integer>();
    lanes.keySet().forEach(consumer -> counts.put(consumer, 0));
    for (var owner : owners) {
      if (owner != null) {
        counts.merge(owner, 1, Integer::sum);
      }
    }
    return counts;
  }

  @Override
  public void left(Consumer consumer) {
    var lane = laneOf(consumer);
    lanes.remove(consumer);
    turns.remove(consumer);
    if (lanes.isEmpty()) {
      Arrays.fill(owners, null);
    } else {
      var counts = counts();
      counts.remove(consumer);
      for (var i = 0; i < BUCKETS; i++) {
        if (owners[i] == consumer) {
          var heir =
              counts.entrySet().stream()
                  .min(Comparator.comparingInt(Map.Entry::getValue))
                  .orElseThrow()
                  .getKey();
          owners[i] = heir;
          counts.merge(heir, 1, Integer::sum);
        }
      }
    }
    sortAgain(lane);
  }

  /// Buckets have moved: what waits goes to where it belongs now, in the log's order.
  private void sortAgain(Lane former) {
    List<Entry> waiting = new ArrayList<>(former.drain());
    lanes.values().forEach(lane -> waiting.addAll(lane.drain()));
    waiting.sort(Entry.IN_ORDER);
    waiting.forEach(this::add);
  }

  @Override
  public Optional<Delivery> next() {
    for (var i = 0; i < turns.size(); i++) {
      var consumer = turns.removeFirst();
      turns.addLast(consumer);
      var entry = consumer.hasRoom() ? laneOf(consumer).poll() : null;
      if (entry != null) {
        return Optional.of(new Delivery(entry, consumer));
      }
    }
    return Optional.empty();
  }
}
