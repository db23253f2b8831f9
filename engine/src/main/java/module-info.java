// SPDX-License-Identifier: Apache-2.0

/// The embedded event store. `io.leftfold.engine` is for users, everything beneath it is inside.
module io.leftfold.engine {
  requires re2j;
  requires static org.jspecify;
  requires tools.jackson.core;
  requires transitive io.leftfold.api;

  exports io.leftfold.engine;
}
