// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One lane for all: the next event goes to the next consumer, or to the first that has room.
final class SharedLane implements Dispatch {

  private final boolean takesTurns;
  private final Lane lane = new Lane();
  private final List<Consumer> consumers = new ArrayList<>();
  private int next;

  SharedLane(boolean takesTurns) {
    this.takesTurns = takesTurns;
  }

  @Override
  public void add(Entry entry) {
    lane.add(entry);
  }

  @Override
  public void joined(Consumer consumer) {
    consumers.add(consumer);
  }

  @Override
  public void left(Consumer consumer) {
    var at = consumers.indexOf(consumer);
    consumers.remove(at);
    if (at < next) {
      next--;
    }
  }

  @Override
  public Optional<Delivery> next() {
    if (lane.isEmpty()) {
      return Optional.empty();
    }
    var consumer = withRoom();
    if (consumer == null) {
      return Optional.empty();
    }
    var entry = lane.poll();
    return entry == null ? Optional.empty() : Optional.of(new Delivery(entry, consumer));
  }

  private @Nullable Consumer withRoom() {
    var first = takesTurns ? next : 0;
    for (var i = 0; i < consumers.size(); i++) {
      var at = (first + i) % consumers.size();
      var consumer = consumers.get(at);
      if (consumer.hasRoom()) {
        next = at + 1;
        return consumer;
      }
    }
    return null;
  }
}
