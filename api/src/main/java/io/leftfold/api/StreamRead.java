// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// The events of one stream, and what the stream was when the read was opened.
public interface StreamRead extends EventRead {
  /// What the stream was.
  ///
  /// @return absent, present or deleted; a tombstoned stream cannot be read
  StreamState state();
}
