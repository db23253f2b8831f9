// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.kurrent;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventView;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.ResolvedEvent;
import io.leftfold.protocol.streams.ReadResponses;
import io.leftfold.protocol.streams.ReadResponses.UuidForm;
import io.leftfold.protocol.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/// Events as they go out.
public final class Events {

  private static final int TICKS_A_MICROSECOND = 10;

  private Events() {}

  /// Writes an event that no link led to.
  ///
  /// @param out where to
  /// @param event any
  /// @param form of ids
  public static void write(WireWriter out, EventView event, UuidForm form) {
    ReadResponses.event(out, new Seen(event), null, form);
  }

  /// Writes whatever a read gives.
  ///
  /// @param out where to
  /// @param resolved any
  /// @param form of ids
  public static void write(WireWriter out, ResolvedEvent resolved, UuidForm form) {
    ReadResponses.event(
        out,
        resolved.event().map(Events::seen).orElse(null),
        resolved.link().map(Events::seen).orElse(null),
        form);
  }

  /// Writes what a consumer of a group is given.
  ///
  /// @param out where to
  /// @param resolved any
  /// @param form of ids
  /// @param retryCount how often it was given before
  public static void writeToGroup(
      WireWriter out, ResolvedEvent resolved, UuidForm form, int retryCount) {
    ReadResponses.eventForGroup(
        out,
        resolved.event().map(Events::seen).orElse(null),
        resolved.link().map(Events::seen).orElse(null),
        form,
        retryCount);
  }

  private static ReadResponses.@Nullable Event seen(RecordedEvent event) {
    return new Seen(EventView.of(event));
  }

  /// An event as the wire counts and names things.
  private record Seen(EventView event) implements ReadResponses.Event {

    @Override
    public long position() {
      return event.position();
    }

    @Override
    public long revision() {
      return event.revision();
    }

    @Override
    public long idHigh() {
      return event.idHigh();
    }

    @Override
    public long idLow() {
      return event.idLow();
    }

    @Override
    public boolean json() {
      return event.contentType() == ContentType.JSON;
    }

    @Override
    public long createdTicks() {
      return event.timeMicros() * TICKS_A_MICROSECOND;
    }

    @Override
    public int streamLength() {
      return event.streamLength();
    }

    @Override
    public void copyStream(byte[] into, int at) {
      event.copyStream(into, at);
    }

    @Override
    public int typeLength() {
      return event.typeLength();
    }

    @Override
    public void copyType(byte[] into, int at) {
      event.copyType(into, at);
    }

    @Override
    public int customMetadataLength() {
      return event.metadataLength();
    }

    @Override
    public void copyCustomMetadata(byte[] into, int at) {
      event.copyMetadata(into, at);
    }

    @Override
    public int dataLength() {
      return event.dataLength();
    }

    @Override
    public void copyData(byte[] into, int at) {
      event.copyData(into, at);
    }
  }
}
