// SPDX-License-Identifier: Apache-2.0

/// Read models: in SQL databases, in files.
module io.leftfold.readmodels {
  requires static org.jspecify;
  requires transitive io.leftfold.toolkit;
  requires transitive java.sql;

  exports io.leftfold.readmodels;
  exports io.leftfold.readmodels.files;
}
