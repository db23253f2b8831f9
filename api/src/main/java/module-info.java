// SPDX-License-Identifier: Apache-2.0

/// The words of Leftfold. Reads nothing but `java.base`; exports its one package.
module io.leftfold.api {
  requires static org.jspecify;

  exports io.leftfold.api;
}
