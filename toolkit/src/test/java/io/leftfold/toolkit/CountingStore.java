// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.EventRead;
import io.leftfold.api.EventStore;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.Query;
import io.leftfold.api.QueryRead;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamRead;

/// Counts the events that are read.
final class CountingStore extends ForwardingEventStore {

  private long events;

  CountingStore(EventStore store) {
    super(store);
  }

  long events() {
    return events;
  }

  void reset() {
    events = 0;
  }

  @Override
  public StreamRead read(StreamName stream, ReadOptions options) {
    try (var counted = super.read(stream, options)) {
      events += count(counted);
    }
    return super.read(stream, options);
  }

  @Override
  public QueryRead read(Query query, ReadOptions options) {
    try (var counted = super.read(query, options)) {
      events += count(counted);
    }
    return super.read(query, options);
  }

  private static long count(EventRead read) {
    return read.stream().count();
  }
}
