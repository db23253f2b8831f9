// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/// Lets two threads do what a class declares as [org.jetbrains.lincheck.datastructures.Operation],
/// in many of the orders in which their reads and writes of shared fields can follow each other:
/// Lincheck decides at each of them who goes on, and shows the order in which an operation failed
/// that would not fail alone.
///
/// `-Dtests.seeds=<count>` tries that many orders.
public final class Interleavings {

  /// A machine that has much else to do must not look like threads that wait for each other.
  private static final long HANGING_MILLIS = 120_000;

  /// What has nothing that two threads share, or is right by itself: nobody else goes on within.
  private static final String[] UNDIVIDED = {
    "io.leftfold.api.StreamName",
    "io.leftfold.engine.disk.FaultyDisk",
    "io.leftfold.engine.disk.FaultyDisk$FaultyFile",
    "io.leftfold.engine.disk.MemoryDisk",
    "io.leftfold.engine.disk.MemoryDisk$MemoryFile",
    "io.leftfold.engine.index.IndexKey",
    "io.leftfold.engine.log.Bytes",
    "io.leftfold.engine.log.ChunkHeader",
    "io.leftfold.engine.log.EncodedRecords"
  };

  private Interleavings() {}

  /// Fails if an operation fails in one of the orders.
  ///
  /// @param model public, and with a public constructor that makes what the threads share
  /// @param orders how many of them
  /// @param undivided names of classes within which nobody else goes on, for this is about others
  public static void check(Class<?> model, int orders, String... undivided) {
    new ModelCheckingOptions()
        .iterations(1)
        .invocationsPerIteration(Integer.getInteger("tests.seeds", orders))
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(0)
        .minimizeFailedScenario(false)
        .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(UNDIVIDED).allMethods().ignore())
        .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(undivided).allMethods().ignore())
        .invocationTimeout$lincheck(HANGING_MILLIS)
        .check(model);
  }
}
