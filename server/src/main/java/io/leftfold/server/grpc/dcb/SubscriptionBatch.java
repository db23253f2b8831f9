// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.dcb;

import io.leftfold.api.LeftfoldException;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.protocol.messages.dcb.Umadb;
import io.leftfold.server.node.Following;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a subscription has to say now, in one message; its end comes behind it.
///
/// @param events in order
/// @param exhausted whether it pays to wait before asking again
/// @param end why it ended
record SubscriptionBatch(
    List<Umadb.SequencedEvent> events, boolean exhausted, Optional<LeftfoldException> end) {

  /// Takes what is there.
  static SubscriptionBatch of(Following following, int asked) {
    var events = new ArrayList<Umadb.SequencedEvent>();
    var bytes = 0;
    try {
      while (events.size() < ReadBatches.eventsOf(asked) && bytes < ReadBatches.BYTES_MAX) {
        var next = following.poll();
        if (next.isEmpty()) {
          return new SubscriptionBatch(events, true, Optional.empty());
        }
        if (next.get() instanceof SubscriptionMessage.Event(var resolved)) {
          var event = Answers.sequenced(resolved.original());
          bytes += event.getSerializedSize();
          events.add(event);
        }
      }
      return new SubscriptionBatch(events, false, Optional.empty());
    } catch (LeftfoldException e) {
      return new SubscriptionBatch(events, false, Optional.of(e));
    }
  }
}
