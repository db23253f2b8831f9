// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.api.EventStore;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.testkit.InMemoryEventStore;
import io.leftfold.toolkit.Accounts.Open;
import io.leftfold.toolkit.WorkObserver.Ending;
import io.leftfold.toolkit.WorkObserver.Watch;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WorkObserverTest {

  private static final TraceContext SPAN =
      new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");

  private final EventStore store = new InMemoryEventStore(Clock.systemUTC());
  private final List<String> told = new ArrayList<>();

  @AfterEach
  void close() {
    store.close();
  }

  private Outcome<Accounts.AccountEvent, Accounts.Refusal> open(WorkObserver... observers) {
    var options = HandlingOptions.defaults();
    for (var observer : observers) {
      options = options.observedBy(observer);
    }
    return CommandHandler.of(store, Accounts.DECIDER, Accounts.CODEC, Accounts::boundary)
        .with(options)
        .handle(new Open("7"));
  }

  private WorkObserver telling(String name, Optional<TraceContext> span) {
    return work -> {
      told.add(name + " begins " + work.command());
      return new Watch() {
        @Override
        public Optional<TraceContext> trace() {
          return span;
        }

        @Override
        public void ended(Ending ending) {
          told.add(name + " ended " + ending);
        }
      };
    };
  }

  @Test
  void who_looks_on_later_is_inside_and_the_first_span_is_named() {
    open(telling("a", Optional.empty()), telling("b", Optional.of(SPAN)));

    assertThat(told)
        .containsExactly(
            "a begins Open[account=7]",
            "b begins Open[account=7]",
            "b ended Accepted[]",
            "a ended Accepted[]");
    var event = store.read(Accounts.stream("7"), ReadOptions.forwards()).events().getFirst();
    assertThat(event.metadataAsText())
        .isEqualTo(
            "{\"$traceId\":\"%s\",\"$spanId\":\"%s\"}".formatted(SPAN.traceId(), SPAN.spanId()));
    assertThat(TraceContext.of(event)).contains(SPAN);
  }

  @Test
  void an_observer_that_fails_changes_nothing() {
    WorkObserver blind =
        _ -> {
          throw new IllegalStateException("cannot see");
        };
    WorkObserver blinded =
        _ ->
            new Watch() {
              @Override
              public Optional<TraceContext> trace() {
                throw new IllegalStateException("cannot see");
              }

              @Override
              public void ended(Ending ending) {
                throw new IllegalStateException("cannot see");
              }
            };

    assertThat(open(blind, blinded, telling("c", Optional.empty())))
        .isInstanceOf(Outcome.Accepted.class);
    assertThat(told).hasSize(2);
  }

  @Test
  void a_span_is_read_by_either_names_and_no_other() {
    assertThat(read("{\"$trace-id\":\"%s\",\"$span-id\":\"%s\"}")).contains(SPAN);
    assertThat(read("{\"$traceId\":\"%s\"}")).isEmpty();
    assertThat(read("{\"$traceId\":7,\"$spanId\":[]}")).isEmpty();
    assertThat(read("{\"$traceId\":\"%s\",\"$spanId\":\"0000000000000000\"}")).isEmpty();
    assertThat(read("no JSON")).isEmpty();
  }

  private Optional<TraceContext> read(String metadata) {
    var event =
        ProposedEvent.json("Opened", "{}")
            .withMetadata(metadata.formatted(SPAN.traceId(), SPAN.spanId()));
    return TraceContext.of(Recordings.stored(store, StreamName.of("account-7"), event));
  }

  @Test
  void a_span_that_is_named_already_stays() {
    var event = ProposedEvent.json("Opened", "{}").withMetadata("{\"$trace-id\":\"mine\"}");

    assertThat(SPAN.carriedBy(event)).isEqualTo(event);
  }
}
