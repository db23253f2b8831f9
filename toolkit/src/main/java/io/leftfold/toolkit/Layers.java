// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What codecs around a codec did to the data of an event, in its metadata, the outermost last:
///
/// ```
/// {"$layers": [{"by": "deflate", "of": "application/json", "bytes": 5120},
///              {"by": "aes", "of": "application/octet-stream", "key": "2026-11"}]}
/// ```
final class Layers {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String FIELD = "$layers";
  private static final String BY = "by";
  private static final String OF = "of";

  private Layers() {}

  /// An event with one layer more; empty if its metadata has no room for saying so.
  ///
  /// @param about what the layer is to be told when it is taken off
  static Optional<ProposedEvent> wrapped(
      ProposedEvent event, String layer, ObjectNode about, byte[] data) {
    return Metadata.objectOf(event)
        .map(metadata -> {
          about.put(BY, layer).put(OF, event.contentType().mediaType());
          metadata.withArray(FIELD).add(about);
          return new ProposedEvent(
              event.id(),
              event.type(),
              ContentType.BINARY,
              data,
              JSON.writeValueAsBytes(metadata),
              event.tags());
        });
  }

  /// What a layer said when it was put around an event; empty if it is not the outermost.
  static Optional<JsonNode> outermost(RecordedEvent event, String layer) {
    var layers = Metadata.of(event).path(FIELD);
    var last = layers.path(layers.size() - 1);
    return last.path(BY).asString("").equals(layer) ? Optional.of(last) : Optional.empty();
  }

  /// An event without its outermost layer.
  static RecordedEvent unwrapped(RecordedEvent event, byte[] data) {
    var metadata = Metadata.of(event);
    var layers = metadata.withArray(FIELD);
    var last = layers.remove(layers.size() - 1);
    if (layers.isEmpty()) {
      metadata.remove(FIELD);
    }
    return new RecordedEvent(
        event.position(),
        event.stream(),
        event.revision(),
        event.id(),
        event.type(),
        ContentType.of(last.path(OF).asString("")),
        event.recorded(),
        data,
        metadata.isEmpty() ? new byte[0] : JSON.writeValueAsBytes(metadata),
        event.tags());
  }

  /// @throws UnreadableEventException if there is a layer that nobody has taken off
  static void requireNone(RecordedEvent event, ObjectNode metadata) {
    var layers = metadata.path(FIELD);
    if (!layers.isEmpty()) {
      throw new UnreadableEventException(
          event, "its data is in layers that this codec knows nothing of: " + layers);
    }
  }

  /// What a codec makes of an event without its layer. What it does not know is given back as it
  /// was stored.
  static <E> Decoded<E> decoded(EventCodec<E> inside, RecordedEvent plain, RecordedEvent stored) {
    return switch (inside.decode(plain)) {
      case Decoded.Known<E> known -> known;
      case Decoded.Unknown<E>(_, var isNewer) -> new Decoded.Unknown<>(stored, isNewer);
    };
  }
}
