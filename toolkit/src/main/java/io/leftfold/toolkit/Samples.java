// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.ContentType;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.JsonEvent.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Golden samples as they might be stored.
final class Samples {

  private Samples() {}

  static Schema schema(GoldenSample sample) {
    return new Schema(sample.type(), sample.version());
  }

  static RecordedEvent recorded(GoldenSample sample) {
    var about = Trees.JSON.createObjectNode().put(EventTypes.VERSION_FIELD, sample.version());
    return switch (sample) {
      case JsonEvent(_, _, var data) ->
          recorded(sample, ContentType.JSON, data.toString().getBytes(UTF_8), about.toString());
      case BinaryEvent(_, _, var format, var data) ->
          recorded(
              sample,
              ContentType.BINARY,
              data,
              about.put(EventTypes.FORMAT_FIELD, format).toString());
    };
  }

  private static RecordedEvent recorded(
      GoldenSample sample, ContentType contentType, byte[] data, String about) {
    return new RecordedEvent(
        0,
        StreamName.of("samples"),
        0,
        new UUID(0, 1),
        sample.type(),
        contentType,
        Instant.EPOCH,
        data,
        about.getBytes(UTF_8),
        List.of());
  }
}
