// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import tools.jackson.databind.json.JsonMapper;

/// A codec around another one, which makes large data smaller, by deflate.
///
/// ```java
/// var codec = Compressed.of(EVENTS).above(4_096);
/// ```
///
/// An event says in its metadata that it is compressed; small ones, and those that would not get
/// smaller, are stored as they are, and so are those whose metadata is no JSON object. Both kinds
/// are read, whatever is said of sizes today. Whoever reads without this codec gets binary data, or
/// an [UnreadableEventException] from [EventTypes]. To encrypt as well, [Encrypted] goes around
/// this one: what is encrypted does not get smaller.
///
/// @param <E> the events of the application
public final class Compressed<E> implements EventCodec<E> {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String LAYER = "deflate";
  private static final String BYTES = "bytes";
  private static final int BYTES_MIN = 1_024;
  private static final int INFLATED_BYTES_MAX = 64 << 20;

  private final EventCodec<E> inside;
  private final int bytesMin;
  private final int inflatedBytesMax;

  private Compressed(EventCodec<E> inside, int bytesMin, int inflatedBytesMax) {
    this.inside = inside;
    this.bytesMin = bytesMin;
    this.inflatedBytesMax = inflatedBytesMax;
  }

  /// A codec that compresses data of 1 KiB or more, and reads what was up to 64 MiB.
  ///
  /// @param inside makes data of events
  /// @param <E> the events of the application
  /// @return the codec around it
  public static <E> Compressed<E> of(EventCodec<E> inside) {
    return new Compressed<>(inside, BYTES_MIN, INFLATED_BYTES_MAX);
  }

  /// Compressing data of another size.
  ///
  /// @param bytes the smallest data that is compressed, 0 or more
  /// @return the new codec
  public Compressed<E> above(int bytes) {
    return new Compressed<>(inside, bytes, inflatedBytesMax);
  }

  /// Reading no larger data than this, whatever its event says, for a few bytes can become many.
  ///
  /// @param bytes the largest data that is read
  /// @return the new codec
  public Compressed<E> inflatingAtMost(int bytes) {
    return new Compressed<>(inside, bytesMin, bytes);
  }

  @Override
  public ProposedEvent encode(E event) {
    var plain = inside.encode(event);
    var bytes = plain.data().length;
    if (bytes < bytesMin || bytes > inflatedBytesMax) {
      return plain;
    }
    var deflated = deflated(plain.data());
    return deflated.length >= bytes
        ? plain
        : Layers.wrapped(plain, LAYER, JSON.createObjectNode().put(BYTES, bytes), deflated)
            .orElse(plain);
  }

  private static byte[] deflated(byte[] data) {
    var bytes = new ByteArrayOutputStream(data.length / 2);
    try (var deflating = new DeflaterOutputStream(bytes)) {
      deflating.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public Decoded<E> decode(RecordedEvent event) {
    var layer = Layers.outermost(event, LAYER);
    if (layer.isEmpty()) {
      return inside.decode(event);
    }
    var data = inflated(event, layer.get().path(BYTES).asLong(-1));
    return Layers.decoded(inside, Layers.unwrapped(event, data), event);
  }

  private byte[] inflated(RecordedEvent event, long bytes) {
    if (bytes < 0 || bytes > inflatedBytesMax) {
      throw new UnreadableEventException(
          event,
          "its data was %d bytes before it was compressed, and %d are read at most"
              .formatted(bytes, inflatedBytesMax));
    }
    try (var inflating = new InflaterInputStream(new ByteArrayInputStream(event.data()))) {
      // No byte more than were promised, but for one that shows whether there are more.
      var data = inflating.readNBytes((int) bytes + 1);
      if (data.length != bytes) {
        throw new UnreadableEventException(
            event,
            "its data was %d bytes before it was compressed, and is %s now"
                .formatted(bytes, data.length > bytes ? "more" : data.length));
      }
      return data;
    } catch (IOException e) {
      throw new UnreadableEventException(event, "its data is not what was compressed", e);
    }
  }
}
