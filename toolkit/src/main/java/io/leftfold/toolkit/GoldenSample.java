// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// An event as it was stored once, kept with the tests so that no change loses the past
/// ([EventTypes#replay]): a tree of JSON, whatever format that was stored in, or the bytes of a
/// binary format.
public sealed interface GoldenSample permits JsonEvent, BinaryEvent {

  /// The name of its type, then.
  ///
  /// @return the name
  String type();

  /// The version of its schema, then.
  ///
  /// @return from 1
  int version();
}
