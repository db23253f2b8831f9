// SPDX-License-Identifier: Apache-2.0

/// The wire: the messages of the protocols, and the codecs of the hot calls.
///
/// The stubs among the messages need grpc-java, and only those who call them do: hence `static`.
module io.leftfold.protocol {
  requires static com.google.common;
  requires static io.grpc;
  requires static io.grpc.protobuf;
  requires static io.grpc.stub;
  requires static org.jspecify;
  requires transitive com.google.protobuf;

  exports io.leftfold.protocol.messages.access;
  exports io.leftfold.protocol.messages.dcb;
  exports io.leftfold.protocol.messages.errors;
  exports io.leftfold.protocol.messages.features;
  exports io.leftfold.protocol.messages.gossip;
  exports io.leftfold.protocol.messages.groups;
  exports io.leftfold.protocol.messages.health;
  exports io.leftfold.protocol.messages.manystreams;
  exports io.leftfold.protocol.messages.manystreams.errors;
  exports io.leftfold.protocol.messages.indexes;
  exports io.leftfold.protocol.messages.indexes.errors;
  exports io.leftfold.protocol.messages.indexpages;
  exports io.leftfold.protocol.messages.inquiries;
  exports io.leftfold.protocol.messages.monitoring;
  exports io.leftfold.protocol.messages.operations;
  exports io.leftfold.protocol.messages.redaction;
  exports io.leftfold.protocol.messages.parked;
  exports io.leftfold.protocol.messages.projections;
  exports io.leftfold.protocol.messages.registry;
  exports io.leftfold.protocol.messages.registry.errors;
  exports io.leftfold.protocol.messages.rpc;
  exports io.leftfold.protocol.messages.shared;
  exports io.leftfold.protocol.messages.store;
  exports io.leftfold.protocol.messages.streams;
  exports io.leftfold.protocol.messages.tcp;
  exports io.leftfold.protocol.messages.users;
  exports io.leftfold.protocol.streams;
  exports io.leftfold.protocol.wire;
}
