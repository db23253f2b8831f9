// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The same folds in Java, as somebody would write them who has the store in the same process. The
/// states stay in memory; what is emitted is appended, some hundred events a commit.
final class PlainFold {

  private static final int COMMIT_EVENTS = 500;

  private final EventStore store;
  private final FoldScript script;
  private final JsonMapper mapper = JsonMapper.shared();
  private final Map<String, Long> counts = new HashMap<>();
  private final Map<String, long[]> sums = new HashMap<>();
  private final List<StreamAppend> emitted = new ArrayList<>();
  private long count;
  private long sum;

  PlainFold(EventStore store, FoldScript script) {
    this.store = store;
    this.script = script;
  }

  /// Folds everything.
  ///
  /// @return how many events that were
  long foldAll() {
    var options = ReadOptions.forwards();
    var chosen =
        script.isOfCategory() ? options.filteredBy(new EventFilter.Category("account")) : options;
    count = 0;
    try (var read = store.readAll(chosen)) {
      for (var resolved : read) {
        var event = resolved.event().orElseThrow();
        if (!event.stream().isSystem()) {
          take(event);
        }
      }
    }
    flush();
    return count;
  }

  private void take(RecordedEvent event) {
    count++;
    switch (script) {
      case COUNT -> {}
      case TYPES -> counts.merge(event.type(), 1L, Long::sum);
      case SUM -> sum += body(event).path("amount").asLong();
      case STREAMS -> {
        var state = sums.computeIfAbsent(event.stream().value(), _ -> new long[2]);
        state[0]++;
        state[1] += body(event).path("amount").asLong();
      }
      case EMIT -> emit(event);
    }
  }

  private JsonNode body(RecordedEvent event) {
    return mapper.readTree(event.data());
  }

  private void emit(RecordedEvent event) {
    var body = body(event);
    var seen =
        mapper
            .createObjectNode()
            .put("amount", body.path("amount").asLong())
            .put("by", body.path("by").asString())
            .put("n", count);
    emitted.add(
        StreamAppend.of(
            StreamName.of("out-" + event.stream().value()),
            ExpectedState.any(),
            ProposedEvent.json("Seen", seen.toString())));
    if (emitted.size() == COMMIT_EVENTS) {
      flush();
    }
  }

  private void flush() {
    if (!emitted.isEmpty()) {
      store.append(List.copyOf(emitted));
      emitted.clear();
    }
  }

  /// Something that depends on all that was folded.
  long outcome() {
    return count + sum + counts.size() + sums.size();
  }
}
