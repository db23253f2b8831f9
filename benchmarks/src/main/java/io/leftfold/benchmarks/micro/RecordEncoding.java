// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.micro;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.engine.log.EncodedRecords;
import java.util.List;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// An event as a record of the log, on the caller's thread.
@State(Scope.Thread)
public class RecordEncoding {

  private static final int RECORD_BYTES = 330;

  private final StreamName stream = StreamName.of("account-1000");
  private final List<ProposedEvent> events =
      List.of(
          new ProposedEvent(
              new UUID(1, 2),
              "MoneyDeposited",
              ContentType.BINARY,
              new byte[256],
              new byte[0],
              List.of()));
  private final byte[] record = new byte[RECORD_BYTES];

  /// Made by JMH.
  public RecordEncoding() {}

  /// Lays the event out.
  ///
  /// @return the record
  @Benchmark
  public Object leftfold() {
    return EncodedRecords.of(stream, events);
  }

  /// Copies as many bytes into a new array.
  ///
  /// @return the array
  @Benchmark
  public Object limit() {
    return record.clone();
  }
}
