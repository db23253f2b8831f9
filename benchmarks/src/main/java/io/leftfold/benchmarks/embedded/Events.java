// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.embedded;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/// The events that are appended: 256 bytes of data, one type, no metadata.
final class Events {

  static final int DATA_BYTES = 256;
  static final String TYPE = "MoneyDeposited";

  private static final byte[] DATA = data();
  private static final byte[] NOTHING = {};

  private final SplittableRandom random;

  Events(long seed) {
    this.random = new SplittableRandom(seed);
  }

  private static byte[] data() {
    var data = new byte[DATA_BYTES];
    new SplittableRandom(1).nextBytes(data);
    return data;
  }

  /// The data of all events.
  static byte[] sharedData() {
    return DATA;
  }

  ProposedEvent next() {
    return new ProposedEvent(
        new UUID(random.nextLong(), random.nextLong()),
        TYPE,
        ContentType.BINARY,
        DATA,
        NOTHING,
        List.of());
  }

  List<ProposedEvent> next(int count) {
    var events = new ArrayList<ProposedEvent>(count);
    for (var i = 0; i < count; i++) {
      events.add(next());
    }
    return events;
  }
}
