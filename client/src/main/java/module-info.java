// SPDX-License-Identifier: Apache-2.0

/// The event store, far away: a Leftfold server seen through `io.leftfold.api`.
module io.leftfold.client {
  requires io.grpc;
  requires io.grpc.protobuf;
  requires io.grpc.stub;
  requires io.leftfold.protocol;
  requires static org.jspecify;
  requires transitive io.leftfold.api;

  exports io.leftfold.client;
}
