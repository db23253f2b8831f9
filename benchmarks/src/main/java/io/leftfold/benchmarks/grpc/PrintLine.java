// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

/// The least that a process of Java does: prints a line, and ends.
public final class PrintLine {

  static final String LINE = "here";

  private PrintLine() {}

  /// Prints it.
  ///
  /// @param arguments none
  public static void main(String[] arguments) {
    System.out.println(LINE);
  }
}
