// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.ResourceLimits;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;
import org.graalvm.polyglot.proxy.ProxyExecutable;
import org.jspecify.annotations.Nullable;

/// A script that runs: a world of its own with the language in it, and the functions to fold with.
///
/// Of one thread at a time. After a failure that the engine cannot take back it is dead, and has to
/// be opened anew.
final class Script implements AutoCloseable {

  private static final int TYPE_TEXTS_MAX = 1_000;
  private static final Source DEFINITION = resource("definition.js");
  private static final Source EVENT = resource("event.js");
  private static final Source JSON = resource("json.js");
  private static final Source OUTPUTS = resource("outputs.js");
  private static final Source FOLD = resource("fold.js");

  /// What gives JSON of its own to `JSON.stringify`. Who builds such a name of pieces gets that.
  private static final Pattern UNORDINARY =
      Pattern.compile(
          "toJSON|Date|Temporal|rawJSON|Proxy|new\\s+(Boolean|Number|String)\\b|Object\\s*\\(");

  private final ProjectionLimits limits;
  private final Context context;
  private final Watchdog watchdog;
  private final Watch watch;
  private final ScriptHost host;
  private final Map<String, Integer> handlerIndexes = new HashMap<>();
  private final ProjectionDefinition definition;
  private final Value step;
  private final Value deleted;
  private final Value partitionOf;
  private final Value functions;
  private final Value textOf;
  private final Map<String, Value> typeTexts = new HashMap<>();

  private Script(
      Engine engine,
      Watchdog watchdog,
      ProjectionSource source,
      ProjectionLimits limits,
      ScriptHost host) {
    this.limits = limits;
    this.host = host;
    this.watchdog = watchdog;
    context = context(engine, limits);
    watch = new Watch(context, limits.allocatedBytes());
    watchdog.add(watch);
    try {
      var written = context.eval(DEFINITION).execute();
      written.putMember("suggest", (ProxyExecutable) Suggestions::answer);
      var events = context.eval(EVENT).execute();
      var hostFunctions = context.eval("js", "({})");
      host.fill(hostFunctions);
      var texts =
          context
              .eval(JSON)
              .execute(
                  events,
                  hostFunctions.getMember("refuse"),
                  limits.stateDepth(),
                  !UNORDINARY.matcher(source.text()).find());
      var phase = context.eval("js", "({ emits: false })");
      var open = context.eval(OUTPUTS).execute(hostFunctions, texts, limits.emittedChars(), phase);
      var stateLimits = context.eval("js", "({})");
      stateLimits.putMember("state", limits.stateChars());
      stateLimits.putMember("depth", limits.stateDepth());
      functions =
          context.eval(FOLD).execute(written, hostFunctions, stateLimits, events, texts, phase);
      step = functions.getMember("step");
      deleted = functions.getMember("deleted");
      textOf = context.eval("js", "text => text");
      partitionOf = functions.getMember("partitionOf");
      watched(
          limits.compilation(),
          () -> {
            context.eval(userSource(source));
            return true;
          });
      written.invokeMember("close");
      open.execute();
      functions.invokeMember("ready");
      definition = Definitions.read(source, written);
      var types = written.getMember("types");
      for (var i = 0; i < types.getArraySize(); i++) {
        handlerIndexes.put(types.getArrayElement(i).asString(), i);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// Runs a script up to its end, so that it can take events.
  ///
  /// @throws ProjectionFaultException if it fails, or is no projection
  static Script open(
      Engine engine,
      Watchdog watchdog,
      ProjectionSource source,
      ProjectionLimits limits,
      ScriptHost host) {
    try {
      return new Script(engine, watchdog, source, limits, host);
    } catch (Failure failure) {
      throw new ProjectionFaultException(source.name(), Faults.ofDefinition(source, failure));
    }
  }

  /// A script failed, for one of these reasons.
  static final class Failure extends RuntimeException {
    private final Optional<ProjectionFault.Kind> limit;
    private final transient Optional<ScriptHost.Refusal> refusal;

    Failure(
        @Nullable PolyglotException thrown,
        Optional<ProjectionFault.Kind> limit,
        Optional<ScriptHost.Refusal> refusal) {
      super(thrown != null ? thrown : refusal.orElse(null));
      this.limit = limit;
      this.refusal = refusal;
    }

    /// The limit at which it was stopped, even if it failed by itself before that.
    Optional<ProjectionFault.Kind> limit() {
      return limit;
    }

    Optional<ScriptHost.Refusal> refusal() {
      return refusal;
    }

    Optional<PolyglotException> thrown() {
      return getCause() instanceof PolyglotException thrown
          ? Optional.of(thrown)
          : Optional.empty();
    }

    /// What the caller's own code threw, which the script only passed on.
    Optional<RuntimeException> ofTheCaller() {
      return thrown()
          .filter(_ -> refusal.isEmpty() && limit.isEmpty())
          .filter(PolyglotException::isHostException)
          .map(PolyglotException::asHostException)
          .filter(RuntimeException.class::isInstance)
          .map(RuntimeException.class::cast);
    }

    /// Whether the script may be dead, or may have been stopped in the midst of our own code.
    boolean isStopped() {
      return limit.isPresent()
          || thrown()
              .map(e ->
                  e.isInterrupted()
                      || e.isCancelled()
                      || e.isResourceExhausted()
                      || e.isInternalError())
              .orElse(false);
    }
  }

  /// A world with the language in it and nothing of the host.
  static Context context(Engine engine, ProjectionLimits limits) {
    var context =
        Context.newBuilder("js")
            .engine(engine)
            .allowHostAccess(HostAccess.NONE)
            .allowPolyglotAccess(PolyglotAccess.NONE)
            .allowEnvironmentAccess(EnvironmentAccess.NONE)
            .allowIO(IOAccess.NONE)
            .allowHostClassLoading(false)
            .allowCreateProcess(false)
            .allowCreateThread(false)
            .allowNativeAccess(false)
            .allowValueSharing(false)
            .allowInnerContextOptions(false)
            .out(OutputStream.nullOutputStream())
            .err(OutputStream.nullOutputStream())
            .allowExperimentalOptions(true)
            .option("js.allow-eval", "false")
            // Loading the data of all languages takes longer than an event may.
            .option("js.intl-402", "false")
            .option("js.graal-builtin", "false")
            .option("js.load", "false")
            .option("js.print", "false")
            .option("js.console", "false")
            .option("js.polyglot-builtin", "false")
            .option("js.java-package-globals", "false")
            .option("js.performance", "false")
            .option("js.shared-array-buffer", "false")
            .option("js.atomics", "false")
            .timeZone(ZoneOffset.UTC)
            // Built-in functions that make one string or array of it all do not look whether they
            // shall
            // stop.
            .option("js.string-length-limit", Integer.toString(4 * limits.stateChars()))
            .option("js.max-typed-array-length", Integer.toString(4 * limits.stateChars()));
    if (limits.areStatementsLimited()) {
      context.resourceLimits(
          ResourceLimits.newBuilder()
              .statementLimit(limits.statements(), source -> !source.isInternal())
              .build());
    }
    return context.build();
  }

  /// One of the language's own texts.
  static Source resource(String name) {
    try (var stream = Script.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(
            "The language needs the resource %s, which is missing".formatted(name));
      }
      var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return Source.newBuilder("js", text, "leftfold/" + name).internal(true).buildLiteral();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Source userSource(ProjectionSource source) {
    return Source.newBuilder("js", source.text(), source.name()).buildLiteral();
  }

  ProjectionDefinition definition() {
    return definition;
  }

  /// Whether it has variables that all partitions see and any of them may change: at its top, what
  /// is no function, no constant, or a constant that holds something which is not frozen.
  boolean hasVariables() {
    var globals = context.getBindings("js");
    try {
      return watched(
          limits.compilation(),
          () ->
              globals.getMemberKeys().stream()
                  .anyMatch(name -> isVariable(globals, name, globals.getMember(name))));
    } catch (Failure _) {
      // It has at least one that runs code when it is looked at.
      return true;
    }
  }

  private boolean isVariable(Value globals, String name, Value value) {
    if (value.canExecute()) {
      return false;
    }
    try {
      globals.putMember(name, value);
      return true;
    } catch (UnsupportedOperationException _) {
      // A constant.
      return !functions.invokeMember("isFixed", value).asBoolean();
    }
  }

  /// How many names it has put into its outermost scope by now; −1 if it does not let itself be
  /// asked.
  int globals() {
    try {
      return watched(limits.event(), () -> context.getBindings("js").getMemberKeys().size());
    } catch (Failure _) {
      return -1;
    }
  }

  /// The partition of an event that the script has to say.
  ///
  /// @return a text, null for none, something else if only a step can say it
  Value partitionOf(EventSource event) {
    return watched(limits.event(), () -> partitionOf.execute(event));
  }

  Map<String, Integer> handlerIndexes() {
    return handlerIndexes;
  }

  /// Lets the script take an event.
  ///
  /// @return what it did with it
  FoldStep.Outcome step(EventSource event, int handler, @Nullable String partition) {
    return watched(
        limits.event(),
        () -> {
          step.executeVoid(event, handler, partition);
          return host.outcome();
        });
  }

  /// The name of a type as the script has it: the same one each time, so that it is made once, and
  /// found quickly where it is the name of a member.
  Object typeText(String type) {
    var known = typeTexts.get(type);
    if (known == null) {
      if (typeTexts.size() == TYPE_TEXTS_MAX) {
        return type;
      }
      known = textOf.execute(type);
      typeTexts.put(type, known);
    }
    return known;
  }

  void deleted(String partition, boolean isSoft) {
    watched(limits.event(), () -> deleted.execute(partition, isSoft));
  }

  /// The partition that was worked on last, if it is known and the script is not dead.
  Optional<String> currentKey() {
    try {
      return Optional.ofNullable(functions.invokeMember("currentKey").asString());
    } catch (PolyglotException | IllegalStateException _) {
      return Optional.empty();
    }
  }

  /// Whether the step that just failed has touched data that is no JSON.
  boolean hadBrokenData() {
    return functions.invokeMember("hadBrokenData").asBoolean();
  }

  /// Calls one of the functions of `fold.js`.
  Value call(String function, Object... arguments) {
    return watched(limits.event(), () -> functions.invokeMember(function, arguments));
  }

  private <T> T watched(Duration limit, Supplier<T> work) {
    host.begin();
    return watched(context, limits, watch, limit, host::refusal, work);
  }

  /// Lets a script do something within its limits.
  ///
  /// @param limit of the time that it takes
  /// @param refusal why what it wanted was refused to it meanwhile, if something was
  /// @throws Failure if it threw, came to a limit, or was refused something
  static <T> T watched(
      Context context,
      ProjectionLimits limits,
      Watch watch,
      Duration limit,
      Supplier<Optional<ScriptHost.Refusal>> refusal,
      Supplier<T> work) {
    if (limits.areStatementsLimited()) {
      context.resetLimits();
    }
    watch.begin(limit);
    T result = null;
    PolyglotException thrown = null;
    Optional<ProjectionFault.Kind> reached;
    try {
      result = work.get();
    } catch (PolyglotException e) {
      thrown = e;
    } finally {
      reached = watch.end();
    }
    if (result == null || reached.isPresent() || refusal.get().isPresent()) {
      throw new Failure(thrown, reached, refusal.get());
    }
    return result;
  }

  @Override
  public void close() {
    watchdog.remove(watch);
    context.close(true);
  }
}
