// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

/// What is folded with.
public enum FoldScript {
  /// Counts, and looks at nothing.
  COUNT("count", "fromAll()", "{ $init: () => ({ n: 0 }), $any(s, e) { s.n++; } }"),
  /// Counts by type.
  TYPES(
      "count-by-type",
      "fromAll()",
      "{ $init: () => ({}), $any(s, e) { s[e.eventType] = (s[e.eventType] || 0) + 1; } }"),
  /// Adds up what stands in the bodies.
  SUM("sum", "fromAll()", "{ $init: () => ({ sum: 0 }), $any(s, e) { s.sum += e.body.amount; } }"),
  /// Adds up by stream.
  STREAMS(
      "foreach-stream",
      "fromCategory('account').foreachStream()",
      "{ $init: () => ({ n: 0, sum: 0 }), $any(s, e) { s.n++; s.sum += e.body.amount; } }"),
  /// Emits for each event.
  EMIT(
      "emit",
      "fromCategory('account')",
      "{ $init: () => ({ n: 0 }), $any(s, e) { s.n++; emit('out-' + e.streamId, 'Seen', { amount: e.body.amount, by: e.body.by, n: s.n }); } }");

  private final String label;
  private final String source;
  private final String handlers;

  FoldScript(String label, String source, String handlers) {
    this.label = label;
    this.source = source;
    this.handlers = handlers;
  }

  String label() {
    return label;
  }

  boolean emits() {
    return this == EMIT;
  }

  /// Whether it reads one category, which leaves out what projections write.
  boolean isOfCategory() {
    return source.startsWith("fromCategory");
  }

  String text() {
    return "%s.when(%s)".formatted(source, handlers);
  }
}
