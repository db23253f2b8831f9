// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

import io.leftfold.protocol.messages.tcp.SubscriptionDropped.SubscriptionDropReason;

/// Something that is told to a connection until it is ended: a subscription, or a consumer of a
/// group. On its event loop.
interface Subscribed {

  /// Ends it, and tells nobody.
  void stop();

  /// Ends it, and says so.
  void drop(SubscriptionDropReason reason);
}
