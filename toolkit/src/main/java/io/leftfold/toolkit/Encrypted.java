// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.keys.BrokenSealException;
import io.leftfold.toolkit.keys.KeyRing;
import tools.jackson.databind.json.JsonMapper;

/// A codec around another one, whose data nobody reads who has only the store.
///
/// ```java
/// var ring = KeyRing.of("2026-11", key, new SecureRandom()).withFormer("2025-03", older);
/// var codec = Encrypted.of(Compressed.of(EVENTS), ring);
/// ```
///
/// Types, tags, metadata and sizes stay in the clear, for the store finds events by them. An event
/// says in its metadata which key it was encrypted with; one that says nothing was stored before,
/// and is read as it is. Data is bound to its type: it can be put in the place of another event's
/// of the same type only.
///
/// This is against those who have a disk or a backup. So that the data of a person can be erased
/// there is [EventTypesBuilder#personal]; both can be done.
///
/// @param <E> the events of the application
public final class Encrypted<E> implements EventCodec<E> {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String LAYER = "aes";
  private static final String KEY = "key";

  private final EventCodec<E> inside;
  private final KeyRing ring;

  private Encrypted(EventCodec<E> inside, KeyRing ring) {
    this.inside = inside;
    this.ring = ring;
  }

  /// A codec that encrypts with the newest key of a ring, and decrypts with any of them.
  ///
  /// @param inside makes data of events
  /// @param ring the keys
  /// @param <E> the events of the application
  /// @return the codec around it
  public static <E> Encrypted<E> of(EventCodec<E> inside, KeyRing ring) {
    return new Encrypted<>(inside, ring);
  }

  /// An event as it is to be stored, encrypted.
  ///
  /// @throws IllegalArgumentException if its metadata is no JSON object, and cannot say so
  @Override
  public ProposedEvent encode(E event) {
    var plain = inside.encode(event);
    var about = JSON.createObjectNode().put(KEY, ring.current());
    var sealed = ring.seal(plain.data(), plain.type().getBytes(UTF_8));
    return Layers.wrapped(plain, LAYER, about, sealed)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "The metadata of what is encrypted is a JSON object or nothing, that of %s is not"
                    .formatted(plain)));
  }

  @Override
  public Decoded<E> decode(RecordedEvent event) {
    var layer = Layers.outermost(event, LAYER);
    if (layer.isEmpty()) {
      return inside.decode(event);
    }
    var key = layer.get().path(KEY).asString("");
    try {
      var data = ring.open(key, event.data(), event.type().getBytes(UTF_8));
      return Layers.decoded(inside, Layers.unwrapped(event, data), event);
    } catch (BrokenSealException e) {
      throw new UnreadableEventException(
          event, "it cannot be decrypted with key %s: %s".formatted(key, e.getMessage()), e);
    }
  }
}
