// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import io.leftfold.testkit.Steps;

/// Runs a test for many seeds and says which one failed.
///
/// A usual run takes half of the seeds that a test asks for, other ones each time: it is the gate
/// of every change. `-Dtests.seed=<seed>` runs one seed again, `-Dtests.seeds=<count>` more or
/// fewer.
public final class Seeds {

  private Seeds() {}

  /// A test that leaves something to chance.
  @FunctionalInterface
  public interface Test {
    /// Runs once.
    void run(long seed) throws Exception;
  }

  /// Runs a test with many seeds, or with the one that was asked for.
  public static void each(int count, Test test) {
    var first = Steps.seed();
    var runs =
        Long.getLong("tests.seed") == null ? Integer.getInteger("tests.seeds", (count + 1) / 2) : 1;
    for (var i = 0; i < runs; i++) {
      run(first + i, test);
    }
  }

  private static void run(long seed, Test test) {
    try {
      test.run(seed);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("Seed %d (-Dtests.seed=%d): %s".formatted(seed, seed, e), e);
    }
  }
}
