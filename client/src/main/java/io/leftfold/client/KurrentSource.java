// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.protocol.messages.shared.Empty;
import io.leftfold.protocol.messages.streams.ReadReq;
import io.leftfold.protocol.messages.streams.ReadResp;
import io.leftfold.protocol.messages.streams.ReadResp.ReadEvent.RecordedEvent;
import io.leftfold.protocol.messages.streams.StreamsGrpc;
import io.leftfold.protocol.wire.Ticks;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Everything that a server of EventStoreDB or KurrentDB (or Leftfold) holds, read over the
/// protocol that they share (`event_store.client.streams.Streams/Read` of `$all`).
///
/// ```java
/// try (var source = KurrentSource.connect(connection); var events = source.readAll(-1)) {
///   events.forEachRemaining(event -> …);
/// }
/// ```
///
/// Reading all takes the rights of an administrator there. Links are given as links.
public final class KurrentSource implements AutoCloseable {

  private final ManagedChannel channel;
  private final Failures failures;

  private KurrentSource(ConnectionString connection) {
    this.channel = Channels.open(connection);
    this.failures = new Failures(connection);
  }

  /// The server that a connection string leads to. Nothing is sent yet.
  ///
  /// @param connection where and how
  /// @return the source, to be closed after use
  /// @throws IllegalArgumentException if it names files with certificates that cannot be read
  public static KurrentSource connect(ConnectionString connection) {
    return new KurrentSource(connection);
  }

  /// An event as the server has it.
  ///
  /// @param position the commit position in its log; several events may share one
  /// @param stream where it is
  /// @param revision its place there; of a tombstone, the largest number the server knows
  /// @param created when it was recorded, to the 100 nanoseconds
  /// @param event what was recorded; without tags, which the protocol does not tell
  public record SourceEvent(
      long position, StreamName stream, long revision, Instant created, ProposedEvent event) {}

  /// An event that Leftfold cannot hold: its name is too long, say. It will be the same when it is
  /// read again.
  public static final class UnfitEventException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnfitEventException(String message, IllegalArgumentException cause) {
      super(message, cause);
    }
  }

  /// Reads everything, in the order of the server's log, up to what is there now.
  ///
  /// @param from the position to begin with, inclusive; −1 for the beginning
  /// @return the events, to be closed after use. Its methods throw what
  ///   [io.leftfold.api.LeftfoldException] lists; `UNREACHABLE` if the server is gone: read again
  ///   from the last position; and [UnfitEventException]
  public Events readAll(long from) {
    var all = ReadReq.Options.AllOptions.newBuilder();
    if (from < 0) {
      all.setStart(Empty.getDefaultInstance());
    } else {
      all.setPosition(
          ReadReq.Options.Position.newBuilder().setCommitPosition(from).setPreparePosition(from));
    }
    var request =
        ReadReq.newBuilder()
            .setOptions(
                ReadReq.Options.newBuilder()
                    .setAll(all)
                    .setReadDirection(ReadReq.Options.ReadDirection.Forwards)
                    .setCount(Long.MAX_VALUE)
                    .setNoFilter(Empty.getDefaultInstance())
                    .setUuidOption(
                        ReadReq.Options.UUIDOption.newBuilder()
                            .setStructured(Empty.getDefaultInstance())))
            .build();
    return new Events(Inflow.open(channel, StreamsGrpc.getReadMethod(), request));
  }

  @Override
  public void close() {
    Channels.close(channel);
  }

  /// A read that goes on. Belongs to one thread.
  public final class Events implements Iterator<SourceEvent>, AutoCloseable {

    private static final String CALL = "The read of everything";

    private final Inflow<ReadResp> inflow;
    private @Nullable SourceEvent next;
    private boolean ended;

    private Events(Inflow<ReadResp> inflow) {
      this.inflow = inflow;
    }

    @Override
    public boolean hasNext() {
      while (next == null && !ended) {
        take();
      }
      return next != null;
    }

    @Override
    public SourceEvent next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException(CALL + " has no more events");
      }
      var event = next;
      next = null;
      return event;
    }

    private void take() {
      try {
        switch (inflow.take()) {
          case Inflow.Taken.Message(var response) -> {
            if (response.hasEvent()) {
              var read = response.getEvent();
              next = event(read.hasLink() ? read.getLink() : read.getEvent());
            }
          }
          case Inflow.Taken.End() -> ended = true;
          case Inflow.Taken.Cancelled() -> throw Failures.closed(CALL);
          case Inflow.Taken.Nothing() -> {}
        }
      } catch (StatusRuntimeException e) {
        throw failures.of(e, CALL, 0);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        throw failures.interrupted(CALL);
      }
    }

    @Override
    public void close() {
      inflow.close();
    }
  }

  private static SourceEvent event(RecordedEvent wire) {
    var stream = wire.getStreamIdentifier().getStreamName().toStringUtf8();
    var revision = wire.getStreamRevision();
    try {
      return new SourceEvent(
          wire.getCommitPosition(),
          StreamName.of(stream),
          revision,
          created(wire),
          new ProposedEvent(
              id(wire),
              wire.getMetadataOrDefault("type", ""),
              wire.getMetadataOrDefault("content-type", "").equals("application/json")
                  ? ContentType.JSON
                  : ContentType.BINARY,
              wire.getData().toByteArray(),
              wire.getCustomMetadata().toByteArray(),
              List.of()));
    } catch (IllegalArgumentException e) {
      throw new UnfitEventException(
          "The event at position %d (revision %d of stream %s) is none that Leftfold can hold: %s"
              .formatted(wire.getCommitPosition(), revision, stream, e.getMessage()),
          e);
    }
  }

  private static UUID id(RecordedEvent wire) {
    return wire.getId().hasStructured()
        ? new UUID(
            wire.getId().getStructured().getMostSignificantBits(),
            wire.getId().getStructured().getLeastSignificantBits())
        : UUID.fromString(wire.getId().getString());
  }

  private static Instant created(RecordedEvent wire) {
    return Ticks.instant(Long.parseLong(wire.getMetadataOrDefault("created", "0")));
  }
}
