// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.micro;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.engine.LocalEventStore;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Ten events of one stream, of a store in memory that holds little else.
@State(Scope.Thread)
public class StreamReading {

  private static final int EVENTS = 10;
  private static final int RECORD_BYTES = 330;

  private final StreamName stream = StreamName.of("account-1000");
  private final LocalEventStore store = LocalEventStore.inMemory();
  private final byte[] records = new byte[EVENTS * RECORD_BYTES];
  private final CRC32C crc = new CRC32C();

  /// Made by JMH.
  public StreamReading() {}

  /// Appends the events.
  @Setup
  public void append() {
    for (var i = 0; i < EVENTS; i++) {
      store.append(
          stream,
          ExpectedState.any(),
          new ProposedEvent(
              new UUID(1, i),
              "MoneyDeposited",
              ContentType.BINARY,
              new byte[256],
              new byte[0],
              List.of()));
    }
  }

  /// Ends the store's threads.
  @TearDown
  public void close() {
    store.close();
  }

  /// Reads them.
  ///
  /// @return the events
  @Benchmark
  public Object leftfold() {
    return store.read(stream, ReadOptions.forwards()).events();
  }

  /// Copies and checks as many bytes.
  ///
  /// @return the copies
  @Benchmark
  public Object limit() {
    var copies = new ArrayList<byte[]>(EVENTS);
    for (var i = 0; i < EVENTS; i++) {
      var copy = new byte[RECORD_BYTES];
      System.arraycopy(records, i * RECORD_BYTES, copy, 0, RECORD_BYTES);
      crc.reset();
      crc.update(copy, 0, copy.length);
      if (crc.getValue() != 0) {
        copies.add(copy);
      }
    }
    return copies;
  }
}
