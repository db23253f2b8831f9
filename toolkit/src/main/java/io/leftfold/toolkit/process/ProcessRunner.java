// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.toolkit.keys.Subject;
import io.leftfold.toolkit.process.Instance.Held;
import io.leftfold.toolkit.process.Instance.Timer;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Runs a process on a store.
///
/// ```java
/// var runner =
///     ProcessRunner.of(store, delivery, target, Clock.systemUTC(), ProcessOptions.of(Retries.defaults(new Random())));
/// try (var running = runner.start(Thread.ofVirtual().name("delivery-", 0).factory())) {
///   …
/// }
/// ```
///
/// Whatever it knows is in the store, so it goes on where it was after any crash: no input is lost,
/// and none is handled twice; commands reach deciders of a store once, and everybody else at least
/// once with the same id. Two runners of the same process do not harm each other, and do not help
/// each other either.
///
/// What operators do ([#resume], [#skip], [#retry]; [#takeUp], [#leaveOut]) is recorded as events
/// of the instance, or of the process, and may be done from any process: whoever runs hears of it.
/// An instance is not restarted from an earlier revision: the id of a command is that of its input
/// and place, so what is decided otherwise the second time would have the id of what was done the
/// first time, and be taken for it. Repaired code and [#resume] go on from where the instance is.
///
/// @param <E> the events that are followed
/// @param <S> the state of an instance
/// @param <C> the commands
public final class ProcessRunner<E, S, C> {

  private static final Set<String> ABOUT_PARKING =
      Set.of(EntryFormat.PARKED, EntryFormat.RESUMED, EntryFormat.SKIPPED, EntryFormat.RETRIED);

  private final EventStore store;
  private final ProcessDefinition<E, S, C> definition;
  private final ProcessOptions options;
  private final Clock clock;
  private final Instances<E, S, C> instances;
  private final Reactions<E, S, C> reactions;
  private final Delivery<E, S, C> delivery;
  private final Routing<E, S, C> routing;
  private final Asides<E, S, C> asides;
  private final Tracer<E, S, C> tracer;
  private final Notices notices;

  private ProcessRunner(
      EventStore store,
      ProcessDefinition<E, S, C> definition,
      CommandTarget<C> target,
      Clock clock,
      ProcessOptions options) {
    this.store = store;
    this.definition = definition;
    this.options = options;
    this.clock = clock;
    this.instances = new Instances<>(store, definition, options.instancesMax());
    this.reactions = new Reactions<>(definition);
    this.tracer = new Tracer<>(definition, instances, reactions);
    this.notices = new Notices(definition);
    this.routing = new Routing<>(definition, instances, reactions);
    this.asides = new Asides<>(store, definition, instances, routing, notices);
    this.delivery =
        new Delivery<>(store, definition, instances, reactions, target, options, clock, notices);
  }

  /// A runner, which does nothing yet.
  ///
  /// @param store where events, and instances, are; it is not closed
  /// @param definition which process
  /// @param target where commands go
  /// @param clock says when it is worth looking at timers, and commands that are to be tried again.
  ///   No timer fires before it says so, nor before the store's clock does, by which they were
  ///   started: on a machine whose clock is an hour ahead they fire in time, on one whose clock is
  ///   an hour behind an hour late
  /// @param options how it is run
  /// @param <E> the events that are followed
  /// @param <S> the state of an instance
  /// @param <C> the commands
  /// @return the runner
  public static <E, S, C> ProcessRunner<E, S, C> of(
      EventStore store,
      ProcessDefinition<E, S, C> definition,
      CommandTarget<C> target,
      Clock clock,
      ProcessOptions options) {
    return new ProcessRunner<>(store, definition, target, clock, options);
  }

  /// Runs step by step, in the caller's thread: for tests, which own the clock and the order.
  ///
  /// @return to be closed after use
  public SteppedProcess stepByStep() {
    var inbox = inbox();
    var conductor = conductor(Runnable::run);
    return new SteppedProcess(inbox, conductor, figures(inbox, conductor));
  }

  /// Runs in the background, from where it is.
  ///
  /// @param threads two are taken for as long as it runs, and one for each command while that is
  ///   with its target; virtual ones are right
  /// @return to be closed after use
  public RunningProcess start(ThreadFactory threads) {
    var inbox = inbox();
    return RunningProcess.start(
        inbox,
        this::conductor,
        conductor -> figures(inbox, conductor),
        options.patience(),
        threads);
  }

  private Inbox<E, S, C> inbox() {
    return new Inbox<>(store, definition, routing, notices);
  }

  private Conductor<E, S, C> conductor(Executor executor) {
    return new Conductor<>(
        store, definition, instances, reactions, delivery, options, clock, executor);
  }

  private Figures figures(Inbox<?, ?, ?> inbox, Conductor<?, ?, ?> conductor) {
    return new Figures(store, definition, clock, inbox, conductor, asides);
  }

  // ---- looking

  /// What the inputs of an instance amount to.
  ///
  /// @param instance its name
  /// @return the state; of one that is not there, the initial one
  /// @throws IllegalStateException if it cannot be folded, with the reason
  public S state(String instance) {
    var found = instances.of(instance);
    var state = found.state();
    instances.giveBack(found);
    return state;
  }

  /// How it is with an instance.
  ///
  /// @param instance its name
  /// @return what is open
  public InstanceReport report(String instance) {
    var found = instances.of(instance);
    var report =
        new InstanceReport(
            instance,
            phase(found),
            found.parked(),
            found.held().size(),
            List.copyOf(found.open().keySet()),
            found.timers().values().stream().collect(Collectors.toMap(Timer::name, Timer::due)));
    instances.giveBack(found);
    return report;
  }

  private static InstanceReport.Phase phase(Instance<?, ?, ?> instance) {
    if (instance.isCompleted()) {
      return InstanceReport.Phase.COMPLETED;
    }
    if (instance.parked().isPresent()) {
      return InstanceReport.Phase.PARKED;
    }
    return instance.isThere() ? InstanceReport.Phase.RUNNING : InstanceReport.Phase.ABSENT;
  }

  /// What happened to an instance, and what it made of that.
  ///
  /// @param instance its name
  /// @return all of it; of one that is not there, nothing
  public Trace<E, S, C> trace(String instance) {
    return tracer.trace(instance);
  }

  /// Reacts once more to an input that an instance has handled, or is to handle next, from the
  /// state that it had before it: so a wrong decision can be looked at step by step, and a change
  /// of the code tried on what happened. Nothing is recorded, and no command sent.
  ///
  /// @param instance its name
  /// @param revision at which the input came
  /// @return what `evolve` and `react` make of it; what they throw is thrown
  /// @throws IllegalArgumentException if no such input was handled, or is to be handled next
  public ReplayedReaction<E, S, C> replay(String instance, long revision) {
    return tracer.replay(instance, revision);
  }

  /// Which instances are parked.
  ///
  /// @return their names, those that were parked first before others
  public List<String> parked() {
    var parked = new LinkedHashMap<String, RecordedEvent>();
    var options = ReadOptions.forwards().filteredBy(new EventFilter.Types(ABOUT_PARKING));
    try (var read = store.readAll(options)) {
      for (var resolved : read) {
        var event = resolved.original();
        definition
            .instance(event.stream())
            .ifPresent(instance -> {
              parked.remove(instance);
              if (event.type().equals(EntryFormat.PARKED)) {
                parked.put(instance, event);
              }
            });
      }
    }
    return List.copyOf(parked.keySet());
  }

  /// Which events were passed over because nobody could say whom they concern: they cannot be read,
  /// are of a newer version of a type than the codec knows, or `correlate` threw. What concerns
  /// nobody, a type that is not declared for instance, is not among them.
  ///
  /// @return in the order of the source, without what was taken up or left out
  public List<SetAside> aside() {
    return asides.all();
  }

  /// Forgets what is kept in memory of instances, which may have been made of events of a subject
  /// ([io.leftfold.toolkit.Erasure#purging]): they are read again. A runner in another process has
  /// its own memory, and is purged there.
  ///
  /// @param subject whose key is destroyed
  /// @param streams that hold events with personal data of the subject
  /// @return nothing: what was forgotten was not written anywhere
  public List<String> purge(Subject subject, Set<StreamName> streams) {
    instances.forgetAll();
    return List.of();
  }

  // ---- operating

  /// Lets a parked instance go on with the input that it was parked with: the cause is gone. If it
  /// is not, the instance is parked again.
  ///
  /// @param instance its name
  /// @param by who says so
  /// @return whether it was parked
  /// @throws LeftfoldException what the store throws, but for conflicts
  public boolean resume(String instance, String by) {
    return operate(instance, _ -> List.of(EntryFormat.resumed(by)));
  }

  /// Lets a parked instance go on without the input that it was parked with. That stays in its
  /// stream, and does not change its state.
  ///
  /// @param instance its name
  /// @param by who says so
  /// @return whether it was parked
  /// @throws LeftfoldException what the store throws, but for conflicts
  public boolean skip(String instance, String by) {
    return operate(instance, input -> List.of(EntryFormat.skipped(input.revision(), by)));
  }

  /// Lets a parked instance go on that was parked with the outcome of a command: the outcome is
  /// skipped, and the command is given to its target again, with the same id.
  ///
  /// @param instance its name
  /// @param by who says so
  /// @return whether it was parked with an outcome
  /// @throws LeftfoldException what the store throws, but for conflicts
  public boolean retry(String instance, String by) {
    return operate(
        instance,
        input ->
            input.settled().isPresent()
                ? List.of(EntryFormat.retried(input.revision(), by))
                : List.of());
  }

  /// Takes an event that was set aside to the instances that it concerns: the program can read it
  /// by now. It comes to them behind whatever came meanwhile. To be done with the code that is to
  /// read it; done again after it failed halfway, it goes on.
  ///
  /// @param position of the event
  /// @param by who says so
  /// @return whether it was aside
  /// @throws io.leftfold.toolkit.UnreadableEventException if it still cannot be read, as whatever
  ///   else keeps it from being understood is thrown; it stays aside
  /// @throws java.util.NoSuchElementException if it is not in the store any more
  /// @throws LeftfoldException what the store throws, but for conflicts
  public boolean takeUp(long position, String by) {
    return asides.takeUp(position, by);
  }

  /// Leaves an event out for good that was set aside.
  ///
  /// @param position of the event
  /// @param by who says so
  /// @return whether it was aside
  /// @throws LeftfoldException what the store throws, but for conflicts
  public boolean leaveOut(long position, String by) {
    return asides.leaveOut(position, by);
  }

  private boolean operate(String name, Function<Held<E, C>, List<ProposedEvent>> entries) {
    return delivery.change(
        name,
        (instance, _) ->
            instance.parked().isPresent() && !instance.held().isEmpty()
                ? entries.apply(instance.held().getFirst())
                : List.of());
  }
}
