// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// A view of an event that is an object already.
final class RecordedEventView implements EventView {

  private final RecordedEvent event;
  private final byte[] stream;
  private final byte[] type;

  RecordedEventView(RecordedEvent event) {
    this.event = event;
    this.stream = event.stream().value().getBytes(StandardCharsets.UTF_8);
    this.type = event.type().getBytes(StandardCharsets.UTF_8);
  }

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
    return event.id().getMostSignificantBits();
  }

  @Override
  public long idLow() {
    return event.id().getLeastSignificantBits();
  }

  @Override
  public long timeMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, event.recorded());
  }

  @Override
  public ContentType contentType() {
    return event.contentType();
  }

  @Override
  public int length(Part part) {
    return bytes(part).length;
  }

  @Override
  public void copy(Part part, byte[] into, int at) {
    var bytes = bytes(part);
    System.arraycopy(bytes, 0, into, at, bytes.length);
  }

  private byte[] bytes(Part part) {
    return switch (part) {
      case STREAM -> stream;
      case TYPE -> type;
      case METADATA -> event.metadata();
      case DATA -> event.data();
    };
  }

  @Override
  public RecordedEvent event() {
    return event;
  }
}
