// SPDX-License-Identifier: Apache-2.0

/// Events of the toolkit in Protobuf and Avro.
module io.leftfold.codecs {
  requires static org.jspecify;
  requires static transitive com.google.protobuf;
  requires static transitive org.apache.avro;
  requires transitive io.leftfold.toolkit;

  exports io.leftfold.codecs;
}
