// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections.reading;

import io.leftfold.api.EventStore;
import io.leftfold.api.ResolvedEvent;
import org.jspecify.annotations.Nullable;

/// One pass over what a question asks for, up to an end.
sealed interface Round extends AutoCloseable permits RoundOfAll, RoundOfStreams {

  static Round open(EventStore store, Question question, long from, long end) {
    return switch (question) {
      case Question.All all -> new RoundOfAll(store, all, from, end);
      case Question.Streams(var names) -> new RoundOfStreams(store, names, from, end);
    };
  }

  /// The next event, or nothing when the end was reached.
  @Nullable ResolvedEvent next();

  @Override
  void close();
}
