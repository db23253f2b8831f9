// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.projections;

import io.leftfold.api.ResolvedEvent;
import java.util.List;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;

/// The same handlers in the same engine, called by a loop in JavaScript over an array of objects
/// that are there already: no crossing, no limits, nothing saved.
final class BareLoop implements AutoCloseable {

  /// What it is, where figures stand beside it.
  static final String WHAT =
      "the same script in the same engine, in a loop over an array of its own objects";

  private static final String LOOP =
      """
      (function (text, events, count) {
        class Event {
          constructor(streamId, eventType, raw) {
            this.streamId = streamId;
            this.eventType = eventType;
            this.bodyRaw = raw;
          }
          get body() { return this.parsed === undefined ? this.parsed = JSON.parse(this.bodyRaw) : this.parsed; }
        }
        const own = [];
        for (let i = 0; i < count; i++) own.push([events(i, 0), events(i, 1), events(i, 2)]);
        let handlers, byStream = false, emitted = [];
        const chain = { foreachStream() { byStream = true; return chain; }, when(h) { handlers = h; } };
        const emit = (stream, type, body) => { emitted.push(stream, type, JSON.stringify(body)); };
        eval('const fromAll = () => chain, fromCategory = () => chain;' + text);
        return function () {
          const states = new Map();
          for (let i = 0; i < own.length; i++) {
            const e = new Event(own[i][0], own[i][1], own[i][2]);
            const key = byStream ? e.streamId : '';
            let state = states.get(key);
            if (state === undefined) states.set(key, state = handlers.$init());
            const result = handlers.$any(state, e);
            if (result !== undefined) states.set(key, result);
            if (emitted.length > 0) emitted = [];
          }
          return own.length;
        };
      })
      """;

  private final Context context;
  private final Value loop;

  BareLoop(FoldScript script, List<ResolvedEvent> events) {
    context = Context.newBuilder("js").option("engine.WarnInterpreterOnly", "false").build();
    loop =
        context
            .eval("js", LOOP)
            .execute(
                script.text(),
                (org.graalvm.polyglot.proxy.ProxyExecutable)
                    arguments -> {
                      var event = events.get(arguments[0].asInt()).event().orElseThrow();
                      return switch (arguments[1].asInt()) {
                        case 0 -> event.stream().value();
                        case 1 -> event.type();
                        default -> event.dataAsText();
                      };
                    },
                events.size());
  }

  long foldAll() {
    return loop.execute().asLong();
  }

  @Override
  public void close() {
    context.close();
  }
}
