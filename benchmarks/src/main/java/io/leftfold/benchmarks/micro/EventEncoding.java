// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.micro;

import io.leftfold.protocol.streams.ReadResponses;
import io.leftfold.protocol.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// An event as a reader gets it.
@State(Scope.Thread)
public class EventEncoding {

  private static final int MESSAGE_BYTES = 450;
  private static final long POSITION = 1_234_567;
  private static final long TICKS = 17_636_000_000_000_000L;

  private final ReadResponses.Event event = new Event();
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

  private static final class Event implements ReadResponses.Event {
    private final byte[] stream = "account-1000".getBytes(StandardCharsets.UTF_8);
    private final byte[] type = "MoneyDeposited".getBytes(StandardCharsets.UTF_8);
    private final byte[] data = new byte[256];
    private final byte[] nothing = new byte[0];

    @Override
    public long position() {
      return POSITION;
    }

    @Override
    public long revision() {
      return 7;
    }

    @Override
    public long idHigh() {
      return 1;
    }

    @Override
    public long idLow() {
      return 2;
    }

    @Override
    public boolean json() {
      return false;
    }

    @Override
    public long createdTicks() {
      return TICKS;
    }

    @Override
    public int streamLength() {
      return stream.length;
    }

    @Override
    public void copyStream(byte[] into, int at) {
      System.arraycopy(stream, 0, into, at, streamLength());
    }

    @Override
    public int typeLength() {
      return type.length;
    }

    @Override
    public void copyType(byte[] into, int at) {
      System.arraycopy(type, 0, into, at, typeLength());
    }

    @Override
    public int customMetadataLength() {
      return nothing.length;
    }

    @Override
    public void copyCustomMetadata(byte[] into, int at) {
      System.arraycopy(nothing, 0, into, at, customMetadataLength());
    }

    @Override
    public int dataLength() {
      return data.length;
    }

    @Override
    public void copyData(byte[] into, int at) {
      System.arraycopy(data, 0, into, at, dataLength());
    }
  }
}
