// SPDX-License-Identifier: Apache-2.0

/// Deciding and folding in Java, on any event store.
@SuppressWarnings("module") // The readmodels come later, and alone may use files.
module io.leftfold.toolkit {
  requires static org.jspecify;
  requires transitive io.leftfold.api;
  requires transitive tools.jackson.databind;

  exports io.leftfold.toolkit;
  exports io.leftfold.toolkit.files to
      io.leftfold.readmodels;
  exports io.leftfold.toolkit.keys;
  exports io.leftfold.toolkit.process;
  exports io.leftfold.toolkit.topology;

  // Jackson makes what binds Personal.
  opens io.leftfold.toolkit to
      tools.jackson.databind;
}
