// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// An event between what was stored and what the application understands.
///
/// @param type its name
/// @param version of its schema, from 1
/// @param data a JSON object, which whoever is given it may change
public record JsonEvent(String type, int version, ObjectNode data) {

  private static final StreamName SAMPLES = StreamName.of("samples");

  /// A shape that data has.
  record Schema(String type, int version) implements Comparable<Schema> {
    private static final Comparator<Schema> ORDER =
        Comparator.comparing(Schema::type).thenComparingInt(Schema::version);

    @Override
    public int compareTo(Schema other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return "%s, version %d".formatted(type, version);
    }
  }

  Schema schema() {
    return new Schema(type, version);
  }

  /// This as it might be stored.
  RecordedEvent recorded() {
    return new RecordedEvent(
        0,
        SAMPLES,
        0,
        new UUID(0, 1),
        type,
        ContentType.JSON,
        Instant.EPOCH,
        data.toString().getBytes(StandardCharsets.UTF_8),
        "{\"%s\":%d}".formatted(EventTypes.VERSION_FIELD, version).getBytes(StandardCharsets.UTF_8),
        List.of());
  }
}
