// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.beside;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// The process of a bad client: `<kind> <port> <certificate of the authority>`. Does what its kind
/// does until its standard input has a line, then says what came of it, and ends with the input.
public final class HostileMain {

  static final String READY = "begun";

  private HostileMain() {}

  /// Runs one.
  ///
  /// @param arguments as above
  /// @throws Exception if it could not begin
  public static void main(String[] arguments) throws Exception {
    var tally = new Tally();
    Kind.valueOf(arguments[0])
        .attack()
        .begin(new Attack.Target(Integer.parseInt(arguments[1]), Path.of(arguments[2])), tally);
    System.out.println(READY);
    while (System.in.read() >= 0) {
      System.out.println(tally);
    }
    Runtime.getRuntime().halt(0);
  }

  /// Waits for the end of the process.
  static void doNothing() throws IOException {
    while (true) {
      LockSupport.park();
    }
  }
}
