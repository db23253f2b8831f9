// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.benchmarks.embedded.Callers;
import io.leftfold.benchmarks.measure.Asked;
import io.leftfold.benchmarks.measure.Benchmark;
import io.leftfold.benchmarks.measure.Pace;
import io.leftfold.benchmarks.measure.Rounds;
import io.leftfold.benchmarks.measure.Row;
import io.leftfold.benchmarks.measure.Settings;
import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.EventTypes;
import io.leftfold.toolkit.JsonBinding;
import io.leftfold.toolkit.process.CommandTarget;
import io.leftfold.toolkit.process.Correlation;
import io.leftfold.toolkit.process.Effect;
import io.leftfold.toolkit.process.Input;
import io.leftfold.toolkit.process.ProcessDefinition;
import io.leftfold.toolkit.process.ProcessManager;
import io.leftfold.toolkit.process.ProcessOptions;
import io.leftfold.toolkit.process.ProcessRunner;
import io.leftfold.toolkit.process.Retries;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// A process manager from the first event to the last: each begins an instance, which sends a
/// command to a decider in the same store, hears that it was accepted, and is at its end. Beside it
/// appends of as many events in as many commits, without reading or deciding anything.
public final class ProcessInputs implements Benchmark {

  private static final int INPUTS = 5_000;
  private static final int CALLERS = 64;
  private static final String COMPLETED = "$process-completed";

  /// What is wanted for an account, once.
  record Note(String account) {}

  record Noted(String account) {}

  private static final EventTypes<Note> COMMANDS =
      EventTypes.of(Note.class)
          .type("Note", 1, Note.class, JsonBinding.jackson(Note.class))
          .build();

  private static final EventTypes<Noted> EVENTS =
      EventTypes.of(Noted.class)
          .type("Noted", 1, Noted.class, JsonBinding.jackson(Noted.class))
          .build();

  private static final Decider<Note, Integer, Noted, String> DECIDER =
      Decider.of(
          0,
          (command, _) -> Decision.accept(new Noted(command.account())),
          (count, _) -> count + 1);

  /// The state is whether the command is settled.
  private record Noting() implements ProcessManager<Booked, Boolean, Note> {

    @Override
    public Correlation correlate(Booked booked) {
      return Correlation.start(booked.account());
    }

    @Override
    public Boolean initialState() {
      return false;
    }

    @Override
    public Boolean evolve(Boolean isSettled, Input<Booked, Note> input) {
      return input instanceof Input.Settled<Booked, Note>;
    }

    @Override
    public List<Effect<Note>> react(Boolean isSettled, Input<Booked, Note> input) {
      return input instanceof Input.Occurred<Booked, Note>(var booked, _)
          ? List.of(Effect.send("notes", new Note(booked.account())))
          : List.of();
    }

    @Override
    public boolean isTerminal(Boolean isSettled) {
      return isSettled;
    }
  }

  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicLong streams = new AtomicLong();

  /// On the engine in a directory.
  public ProcessInputs() {}

  @Override
  public String name() {
    return "process-inputs";
  }

  @Override
  public String question() {
    return "How many events a second does a process manager take that sends a command for each, beside bare appends of as many events?";
  }

  @Override
  public String sketch() {
    return "three commits for each: the step, the command's event, the outcome; steps are taken one after the other, so one sync for each, which commands and outcomes share";
  }

  @Override
  public void run(Settings settings, Consumer<Row> rows) throws Exception {
    var inputs = settings.scaled(INPUTS);
    // A pass takes long, so few of them have to do.
    var few = new Settings(settings.directory(), settings.measuring(), true);
    try (var store = LocalEventStore.open(settings.directory().resolve("store"))) {
      Accounts.append(store, Accounts.events(inputs, inputs));
      var rounds =
          new Rounds(few)
              .with("leftfold", time -> Pace.perSecond(time, () -> process(store, inputs)))
              .with("limit", time -> appends(CALLERS, store, time))
              .with("alone", time -> appends(1, store, time))
              .run();
      rows.accept(
          Row.of(
                  name(),
                  "inputs/s",
                  rounds,
                  "appends of 5 events in 3 commits for each, %d callers in flight"
                      .formatted(CALLERS),
                  new Asked.Nothing())
              .withPeer("the same appends by one caller", rounds.median("alone"))
              .withRemark(
                  "%.2f of one caller's appends".formatted(rounds.ratio("leftfold", "alone"))));
    }
  }

  /// Another process each time, which takes all events from the first on.
  private long process(EventStore store, int inputs) throws InterruptedException {
    var name = "noting" + runs.incrementAndGet();
    var definition =
        ProcessDefinition.of(name, new Noting(), Accounts.EVENTS, COMMANDS)
            .following(new EventFilter.Types(Set.of("Booked")));
    var handler =
        CommandHandler.of(
            store,
            DECIDER,
            EVENTS,
            note -> Boundary.stream(StreamName.of("%s-%s".formatted(name, note.account()))));
    var runner =
        ProcessRunner.of(
            store,
            definition,
            CommandTarget.of(handler, why -> why),
            Clock.systemUTC(),
            ProcessOptions.of(Retries.defaults(new Random(1))));
    var options =
        SubscribeOptions.fromEnd().filteredBy(new EventFilter.Category("process." + name));
    try (var entries = store.subscribeToAll(options);
        var running = runner.start(Thread.ofVirtual().factory())) {
      for (var completed = 0; completed < inputs; ) {
        if (entries.next() instanceof SubscriptionMessage.Event(var resolved)
            && resolved.original().type().equals(COMPLETED)) {
          completed++;
        }
      }
      if (running.failure().isPresent()) {
        throw new IllegalStateException("The process failed", running.failure().get());
      }
    }
    return inputs;
  }

  /// What an instance writes: a link and a command, an event, an outcome and the end.
  private double appends(int callers, EventStore store, Duration time) throws InterruptedException {
    return Callers.call(
        callers,
        time,
        _ ->
            () -> {
              var number = streams.incrementAndGet();
              var instance = StreamName.of("bare-%d".formatted(number));
              store.append(
                  instance, ExpectedState.noStream(), plain("link", 12), plain("issued", 40));
              store.append(
                  StreamName.of("noted-%d".formatted(number)),
                  ExpectedState.noStream(),
                  plain("Noted", 20));
              store.append(
                  instance, ExpectedState.atRevision(1), plain("settled", 60), plain("end", 2));
            });
  }

  private static ProposedEvent plain(String type, int bytes) {
    return ProposedEvent.binary(type, new byte[bytes]);
  }
}
