// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import java.util.Comparator;
import tools.jackson.databind.node.ObjectNode;

/// An event between what was stored and what the application understands.
///
/// @param type its name
/// @param version of its schema, from 1
/// @param data a JSON object, which whoever is given it may change
public record JsonEvent(String type, int version, ObjectNode data) implements GoldenSample {

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
}
