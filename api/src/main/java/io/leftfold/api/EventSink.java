// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// Takes what a read shows, one event at a time: [EventRead#next(EventSink)].
public interface EventSink {

  /// An event that no link led to.
  ///
  /// @param event valid until this method returns
  void event(EventView event);

  /// An event that a link led to, or a link that leads nowhere.
  ///
  /// @param resolved the link, and the event if there is one
  void resolved(ResolvedEvent resolved);
}
