// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.group;

/// What is to become of an event that a consumer did not handle.
public enum NackAction {
  /// It is put aside for people to look at.
  PARK,
  /// It is tried again.
  RETRY,
  /// It is let be.
  SKIP,
  /// Nothing: the consumer stops, and the event is retried when it has gone.
  STOP
}
