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
  public int streamLength() {
    return stream.length;
  }

  @Override
  public void copyStream(byte[] into, int at) {
    copy(stream, into, at);
  }

  @Override
  public int typeLength() {
    return type.length;
  }

  @Override
  public void copyType(byte[] into, int at) {
    copy(type, into, at);
  }

  @Override
  public int metadataLength() {
    return event.metadata().length;
  }

  @Override
  public void copyMetadata(byte[] into, int at) {
    copy(event.metadata(), into, at);
  }

  @Override
  public int dataLength() {
    return event.data().length;
  }

  @Override
  public void copyData(byte[] into, int at) {
    copy(event.data(), into, at);
  }

  private static void copy(byte[] part, byte[] into, int at) {
    System.arraycopy(part, 0, into, at, part.length);
  }

  @Override
  public RecordedEvent event() {
    return event;
  }
}
