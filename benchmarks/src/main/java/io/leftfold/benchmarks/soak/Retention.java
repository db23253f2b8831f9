// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamName;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What becomes of a stream's events. The stream's category says it.
enum Retention {
  /// They stay for ever.
  KEPT,

  /// They stay for ever; each has the tag of a seat, which must be taken once only.
  CLAIMS,

  /// So many of the newest stay: more than a commit has, so that one that is repeated finds its
  /// events.
  CAPPED,

  /// They stay for a while.
  AGED,

  /// They stay until the stream is truncated.
  CUT,

  /// They stay until the stream is deleted or tombstoned, which is soon.
  BRIEF;

  static final long CAP = 20;
  static final Duration AGE = Duration.ofSeconds(60);

  /// Whether an event may never go.
  boolean isForEver() {
    return this == KEPT || this == CLAIMS;
  }

  String category() {
    return name().toLowerCase(Locale.ROOT);
  }

  StreamName stream(long number) {
    return StreamName.of(category() + "-" + number);
  }

  StreamMetadata metadata() {
    return switch (this) {
      case CAPPED -> StreamMetadata.none().withMaxCount(CAP);
      case AGED -> StreamMetadata.none().withMaxAge(AGE);
      case KEPT, CLAIMS, CUT, BRIEF -> StreamMetadata.none();
    };
  }

  /// That of a stream; none of those that the store itself writes.
  static Optional<Retention> of(StreamName stream) {
    var category = stream.category().orElse("");
    for (var retention : values()) {
      if (retention.category().equals(category)) {
        return Optional.of(retention);
      }
    }
    return Optional.empty();
  }
}
