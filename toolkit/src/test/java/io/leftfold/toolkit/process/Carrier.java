// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.process.Shop.Ship;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Somebody outside who ships parcels, and remembers each call.
final class Carrier implements CommandTarget<Ship> {

  private final Map<String, List<CommandId>> calls = new TreeMap<>();

  @Override
  public synchronized Settlement handle(CommandId id, Ship ship) {
    calls.computeIfAbsent(ship.order(), _ -> new ArrayList<>()).add(id);
    return new Settlement.Accepted("parcel for " + ship.order());
  }

  /// The ids of the calls for each order, in order.
  synchronized Map<String, List<CommandId>> calls() {
    return new TreeMap<>(calls);
  }
}
