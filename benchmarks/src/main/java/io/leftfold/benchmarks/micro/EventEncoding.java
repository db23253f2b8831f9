// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.micro;

import io.leftfold.protocol.streams.ReadResponses;
import io.leftfold.protocol.wire.WireWriter;
import java.util.UUID;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// An event as a reader gets it.
@State(Scope.Thread)
public class EventEncoding {

  private static final int MESSAGE_BYTES = 450;
  private static final long POSITION = 1_234_567;
  private static final long TICKS = 17_636_000_000_000_000L;

  private final ReadResponses.Event event =
      new ReadResponses.Event(
          POSITION,
          "account-1000",
          7,
          new UUID(1, 2),
          "MoneyDeposited",
          false,
          TICKS,
          new byte[256],
          new byte[0]);
  private final WireWriter out = new WireWriter(1024);
  private final byte[] message = new byte[MESSAGE_BYTES];
  private final byte[] copy = new byte[MESSAGE_BYTES];

  /// Made by JMH.
  public EventEncoding() {}

  /// Writes it.
  ///
  /// @return the bytes
  @Benchmark
  public byte[] leftfold() {
    ReadResponses.event(out.reset(), event, null, ReadResponses.UuidForm.STRUCTURED);
    return out.array();
  }

  /// Copies as many bytes.
  ///
  /// @return the bytes
  @Benchmark
  public byte[] limit() {
    System.arraycopy(message, 0, copy, 0, message.length);
    return copy;
  }
}
