// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import java.nio.file.Path;

/// What a bad client does. It begins, and goes on by threads of its own until its process ends.
interface Attack {

  void begin(Target target, Tally tally) throws Exception;

  /// The server.
  ///
  /// @param port of this machine
  /// @param authority the certificate behind the server's, where it speaks TLS
  record Target(int port, Path authority) {}
}
