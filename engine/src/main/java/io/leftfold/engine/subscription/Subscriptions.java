// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.subscription;

import io.leftfold.api.EventFilter;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscribeOptions.Start;
import io.leftfold.engine.stream.StreamReader;
import java.time.Clock;

/// Opens subscriptions.
public final class Subscriptions {
  private final StreamReader reader;
  private final Wakeups wakeups;
  private final Clock clock;

  /// Over what is read and what wakes.
  public Subscriptions(StreamReader reader, Wakeups wakeups, Clock clock) {
    this.reader = reader;
    this.wakeups = wakeups;
    this.clock = clock;
  }

  /// Follows a stream.
  public EngineSubscription toStream(StreamName stream, SubscribeOptions options) {
    if (!(options.filter() instanceof EventFilter.Everything)) {
      throw new IllegalArgumentException(
          "A subscription to one stream takes no filter; subscribe to all with a filter instead");
    }
    if (options.checkpointEvery() != 0) {
      throw new IllegalArgumentException(
          "Checkpoints are for subscriptions to all, got an interval of %d for one stream"
              .formatted(options.checkpointEvery()));
    }
    var edge = reader.edgeNow(stream); // before the state, so that what comes meanwhile counts
    var state = reader.state(stream);
    if (state instanceof StreamState.Tombstoned) {
      throw new StreamTombstonedException(stream);
    }
    var next =
        switch (options.start()) {
          case Start.Beginning() -> 0;
          case Start.After(var last) -> behind(last);
          case Start.AtTime(var time) -> reader.revisionAt(stream, time);
          case Start.End() -> state.lastRevision() + 1;
        };
    return begun(
        options,
        new EngineSubscription(
            new Source.OfStream(
                reader,
                stream,
                options.resolveLinks(),
                next,
                options.start() instanceof Start.End ? edge : 0),
            wakeups,
            clock,
            0));
  }

  /// Follows everything.
  public EngineSubscription toAll(SubscribeOptions options) {
    var next =
        switch (options.start()) {
          case Start.Beginning() -> 0;
          case Start.After(var last) -> behind(last);
          case Start.AtTime(var time) -> reader.positionAt(time);
          case Start.End() -> reader.end();
        };
    return begun(
        options,
        new EngineSubscription(
            new Source.OfAll(reader, options.filter(), options.resolveLinks(), next),
            wakeups,
            clock,
            options.checkpointEvery()));
  }

  private static long behind(long last) {
    return last == Long.MAX_VALUE ? last : last + 1;
  }

  private static EngineSubscription begun(
      SubscribeOptions options, EngineSubscription subscription) {
    return options.start() instanceof Start.End ? subscription.fromEnd() : subscription;
  }
}
