// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.processes;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.SubscriptionMessage;
import io.leftfold.toolkit.Boundary;
import io.leftfold.toolkit.CommandHandler;
import io.leftfold.toolkit.CommandId;
import io.leftfold.toolkit.Decider;
import io.leftfold.toolkit.Decision;
import io.leftfold.toolkit.Decoded;
import io.leftfold.toolkit.EventCodec;
import io.leftfold.toolkit.process.CommandTarget;
import io.leftfold.toolkit.process.Correlation;
import io.leftfold.toolkit.process.Effect;
import io.leftfold.toolkit.process.Input;
import io.leftfold.toolkit.process.Input.Fired;
import io.leftfold.toolkit.process.Input.Occurred;
import io.leftfold.toolkit.process.Input.Settled;
import io.leftfold.toolkit.process.ProcessDefinition;
import io.leftfold.toolkit.process.ProcessManager;
import io.leftfold.toolkit.process.Settlement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;

/// Errands to run: each is counted in the store, told to somebody outside, and at its end after a
/// while. Counting is no good twice, so twice would show.
final class Errands implements ProcessManager<String, Set<Errands.Part>, Errands.Command> {

  private static final String POISON = ".poison";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  static final EventCodec<String> EVENTS =
      EventCodec.of(
          name -> ProposedEvent.json("ErrandAsked", "\"" + name + "\""),
          event -> Decoded.known(unquoted(event.dataAsText())));

  private static final EventCodec<Command> COMMANDS =
      EventCodec.of(
          command ->
              switch (command) {
                case Count(var name) -> ProposedEvent.json("Count", "\"" + name + "\"");
                case Tell(var name) -> ProposedEvent.json("Tell", "\"" + name + "\"");
              },
          event -> {
            var name = unquoted(event.dataAsText());
            return Decoded.known(event.type().equals("Count") ? new Count(name) : new Tell(name));
          });

  private static String unquoted(String json) {
    return json.substring(1, json.length() - 1);
  }

  enum Part {
    COUNTED,
    TOLD,
    OVER
  }

  sealed interface Command {}

  record Count(String name) implements Command {}

  record Tell(String name) implements Command {}

  private final String process;

  /// @param process begins the names of its errands: others leave theirs in the same store
  private Errands(String process) {
    this.process = process;
  }

  static ProcessDefinition<String, Set<Part>, Command> definition(String process) {
    return ProcessDefinition.of(process, new Errands(process), EVENTS, COMMANDS)
        .following(new EventFilter.Types(Set.of("ErrandAsked")));
  }

  static String poisonous(String process) {
    return process + POISON;
  }

  static void ask(EventStore store, String name) {
    store.append(StreamName.of("errand-" + name), ExpectedState.any(), EVENTS.encode(name));
  }

  static StreamName tally(String name) {
    return StreamName.of("tally-" + name);
  }

  /// Counts in the store, and tells outside.
  ///
  /// @param told somebody, who may come to know of an errand more than once
  static CommandTarget<Command> target(EventStore store, Outside told) {
    CommandTarget<String> counting =
        CommandTarget.of(
            CommandHandler.<String, Integer, Integer, String>of(
                store,
                Decider.of(0, (_, count) -> Decision.accept(count + 1), (_, number) -> number),
                EventCodec.of(
                    number -> ProposedEvent.json("Counted", Integer.toString(number)),
                    event -> Decoded.known(Integer.parseInt(event.dataAsText()))),
                name -> Boundary.stream(tally(name))),
            why -> why);
    return (id, command) ->
        switch (command) {
          case Count(var name) -> counting.handle(id, name);
          case Tell(var name) -> {
            told.tell(name, id);
            yield new Settlement.Accepted("told");
          }
        };
  }

  /// Somebody outside.
  interface Outside {
    void tell(String name, CommandId id) throws Exception;
  }

  /// Somebody who remembers of what was told, and by which ids.
  static final class Listener implements Outside {
    private final ConcurrentMap<String, Queue<CommandId>> calls = new ConcurrentHashMap<>();

    @Override
    public void tell(String name, CommandId id) {
      calls.computeIfAbsent(name, _ -> new ConcurrentLinkedQueue<>()).add(id);
    }

    ConcurrentMap<String, Queue<CommandId>> calls() {
      return calls;
    }
  }

  /// Waits until so many errands of a process are at their end, as long as any comes to it.
  static void awaitCompleted(EventStore store, String process, int count)
      throws InterruptedException {
    var completed = new HashSet<String>();
    var options =
        SubscribeOptions.fromBeginning().filteredBy(new EventFilter.Category("process." + process));
    try (var entries = store.subscribeToAll(options)) {
      while (completed.size() < count) {
        var message = entries.poll(PATIENCE);
        if (message.isEmpty()) {
          throw new AssertionError(
              "%d of %d errands are at their end, and nothing more happens"
                  .formatted(completed.size(), count));
        }
        if (message.get() instanceof SubscriptionMessage.Event(var resolved)
            && resolved.original().type().equals("$process-completed")) {
          completed.add(resolved.original().stream().value());
        }
      }
    }
  }

  // ---- the process

  @Override
  public Correlation correlate(String name) {
    return name.startsWith(process + ".") ? Correlation.start(name) : Correlation.ignored();
  }

  @Override
  public Set<Part> initialState() {
    return Set.of();
  }

  @Override
  public Set<Part> evolve(Set<Part> parts, Input<String, Command> input) {
    return switch (input) {
      case Occurred<String, Command>(var name, _) -> {
        if (name.endsWith(POISON)) {
          throw new IllegalStateException("No errand is run for poison");
        }
        yield parts;
      }
      case Fired<String, Command> _ -> plus(parts, Part.OVER);
      case Settled<String, Command>(_, Count _, _) -> plus(parts, Part.COUNTED);
      case Settled<String, Command>(_, Tell _, _) -> plus(parts, Part.TOLD);
    };
  }

  private static Set<Part> plus(Set<Part> parts, Part part) {
    var all = EnumSet.of(part);
    all.addAll(parts);
    return Set.copyOf(all);
  }

  @Override
  public List<Effect<Command>> react(Set<Part> parts, Input<String, Command> input) {
    return switch (input) {
      case Occurred<String, Command>(var name, _) ->
          List.of(
              Effect.send("in", new Count(name)),
              Effect.send("out", new Tell(name)),
              Effect.startTimer("end", Duration.ofMillis(20)));
      case Settled<String, Command>(_, var command, Settlement.Failed(_, var error)) ->
          throw new IllegalStateException("%s failed: %s".formatted(command, error));
      case Fired<String, Command> _ -> List.of();
      case Settled<String, Command> _ -> List.of();
    };
  }

  @Override
  public boolean isTerminal(Set<Part> parts) {
    return parts.size() == Part.values().length;
  }
}
