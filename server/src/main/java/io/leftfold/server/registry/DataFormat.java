// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.registry;

/// In what data is written that a schema describes, and the schema's definition with it.
public enum DataFormat {
  /// JSON; the definition is a JSON schema.
  JSON,
  /// Protocol Buffers.
  PROTOBUF,
  /// Avro.
  AVRO,
  /// Whatever.
  BYTES
}
