// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.graalvm.polyglot.Engine;

/// JavaScript for all projections of a process: code that is compiled once, and one thread that
/// watches how long scripts run and what they allocate.
///
/// Each fold has a world of its own in it. May be used from any thread.
public final class ProjectionRuntime implements AutoCloseable {

  private final Engine engine;
  private final Watchdog watchdog;
  private final RecentScripts recent = new RecentScripts();

  private ProjectionRuntime(ThreadFactory threads, LongSupplier nanoClock) {
    engine =
        Engine.newBuilder("js")
            .out(OutputStream.nullOutputStream())
            .err(OutputStream.nullOutputStream())
            // Whether scripts are compiled is told by isOptimizing, not on the error stream.
            .option("engine.WarnInterpreterOnly", "false")
            .build();
    watchdog = Watchdog.start(threads, nanoClock);
  }

  /// Opens a runtime with a thread of its own.
  ///
  /// @return the runtime; close it
  public static ProjectionRuntime open() {
    return open(Thread.ofPlatform().name("leftfold-projections-watchdog").daemon().factory());
  }

  /// Opens a runtime.
  ///
  /// @param threads makes the thread that watches, and short-lived ones that stop scripts
  /// @return the runtime; close it
  public static ProjectionRuntime open(ThreadFactory threads) {
    return new ProjectionRuntime(threads, System::nanoTime);
  }

  /// Whether hot scripts are compiled to machine code. Otherwise they are interpreted, which is
  /// slower and means the same.
  ///
  /// @return whether this JVM has an optimizing runtime
  public boolean isOptimizing() {
    return !engine.getImplementationName().equals("Interpreted");
  }

  /// What runs the scripts, for a person.
  ///
  /// @return the engine's name and version, and how it runs
  public String description() {
    return "GraalJS %s, %s"
        .formatted(
            engine.getVersion(),
            isOptimizing() ? "compiled (" + engine.getImplementationName() + ")" : "interpreted");
  }

  /// Compiles a script with the usual limits.
  ///
  /// @param source the script
  /// @return what can be folded with
  /// @throws ProjectionFaultException if it is no projection; says where and why
  public CompiledProjection compile(ProjectionSource source) {
    return compile(source, ProjectionLimits.DEFAULT);
  }

  /// Compiles a script.
  ///
  /// @param source the script
  /// @param limits what it may take
  /// @return what can be folded with
  /// @throws ProjectionFaultException if it is no projection; says where and why
  public CompiledProjection compile(ProjectionSource source, ProjectionLimits limits) {
    return recent
        .find(source, limits)
        .flatMap(RecentScripts.Known::script)
        .orElseGet(() -> compileAnew(source, limits).orThrow(source.name()));
  }

  private RecentScripts.Known compileAnew(ProjectionSource source, ProjectionLimits limits) {
    RecentScripts.Known known;
    try {
      known =
          RecentScripts.Known.script(CompiledProjection.compile(engine, watchdog, source, limits));
    } catch (ProjectionFaultException e) {
      known = RecentScripts.Known.none(e.fault());
    }
    recent.add(source, limits, known);
    return known;
  }

  /// What a script came to, if it was compiled lately.
  Optional<RecentScripts.Known> recent(ProjectionSource source, ProjectionLimits limits) {
    return recent.find(source, limits);
  }

  /// Opens functions that say of one event whether it is wanted, and find values in it.
  ///
  /// @param filter JavaScript: a function of one record, `rec => …`, that gives true or false;
  ///   blank for all events
  /// @param selectors find values in what is wanted
  /// @param limits what opening, and one event, may take
  /// @return the functions; close them
  /// @throws EventSelectionException if one of the texts is no function of one record; says which,
  ///   where and why
  public EventSelection select(
      String filter, List<EventSelector> selectors, ProjectionLimits limits) {
    return EventSelection.open(engine, watchdog, filter, selectors, limits);
  }

  /// Compiles a script for whoever asks often. One that failed lately is not tried again: it may
  /// have taken all the time that there is for it.
  RecentScripts.Known known(ProjectionSource source, ProjectionLimits limits) {
    return recent.find(source, limits).orElseGet(() -> compileAnew(source, limits));
  }

  /// What the thread that asks has allocated since it began, in bytes; 0 for a virtual one.
  long allocatedBytes() {
    return watchdog.allocatedBytes();
  }

  /// Stops all scripts.
  @Override
  public void close() {
    watchdog.close();
    engine.close(true);
  }
}
