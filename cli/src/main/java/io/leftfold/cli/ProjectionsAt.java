// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.client.ProjectionLook;
import io.leftfold.client.ProjectionReport;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.client.RemoteProjections;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.projections.ParkedEvent;
import io.leftfold.projections.ProjectionOptions;
import io.leftfold.projections.ProjectionState;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.projections.Projections;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;

/// Where the projections are that a command is about: on a server, or in a data directory, whose
/// projections then run in this process for as long as the command takes.
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ProjectionsAt {

  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
  private static final int PARKED_AT_ONCE = 1_000;

  @Mixin private StoreOptions store;

  /// What a command does, wherever the projections are.
  interface Work {
    int with(Opened projections) throws Exception;
  }

  /// Projections in either place.
  ///
  /// @param local those of a data directory
  /// @param remote those of a server
  record Opened(Optional<Projections> local, Optional<RemoteProjections> remote) {

    /// Asks those that there are.
    <T> T ask(Function<Projections, T> here, Function<RemoteProjections, T> there) {
      return local.map(here).orElseGet(() -> there.apply(remote.orElseThrow()));
    }

    /// Tells those that there are what to do.
    void tell(Consumer<Projections> here, Consumer<RemoteProjections> there) {
      local.ifPresentOrElse(here, () -> there.accept(remote.orElseThrow()));
    }

    /// In a directory, waits until a projection has looked at all that was there, or does not run.
    /// A state is asked for as of the end of the log; and nobody else runs the projections of a
    /// directory.
    void awaitEnd(Shell shell, String name) throws InterruptedException {
      if (local.isEmpty()) {
        return;
      }
      // Between the last look at the log and the last step there may be a moment in which neither
      // is under way: what holds at two looks in a row is an end.
      var looks = new AtomicInteger();
      await(
          shell,
          local.get(),
          name,
          now -> {
            var isThrough = now.position() >= now.head() && now.writesInProgress() == 0;
            return now.state() != ProjectionState.RUNNING
                || looks.updateAndGet(calm -> isThrough ? calm + 1 : 0) > 1;
          });
    }

    /// Waits until the version that is built beside a projection has taken over, or does not get
    /// on.
    ProjectionLook awaitTakeover(Shell shell, String name) throws InterruptedException {
      return ProjectionsAt.await(
          shell,
          () -> look(name),
          now -> now.beside().filter(beside -> beside.reason().isEmpty()).isEmpty(),
          now ->
              "The version beside %s is at position %,d of %,d"
                  .formatted(name, besideAt(now), now.head()),
          now ->
              "Stopped waiting at position %,d; the version beside %s is built on wherever the projection runs"
                  .formatted(besideAt(now), name));
    }

    private static long besideAt(ProjectionLook now) {
      return now.beside().map(ProjectionLook.VersionBeside::position).orElse(-1L);
    }

    List<ProjectionReport> list() {
      return ask(
          here -> here.list().stream().map(ProjectionReports::of).toList(),
          RemoteProjections::list);
    }

    /// Gives what is parked, in the order of positions, page by page.
    ///
    /// @param from the first position
    /// @param limit the most to give
    void parked(String name, long from, int limit, Consumer<List<ParkedEvent>> taker) {
      var left = limit;
      var next = from;
      while (left > 0) {
        var page = parked(name, next, Math.min(left, PARKED_AT_ONCE));
        if (page.isEmpty()) {
          return;
        }
        taker.accept(page);
        left -= page.size();
        next = page.getLast().position() + 1;
      }
    }

    private List<ParkedEvent> parked(String name, long from, int limit) {
      return ask(
          here -> here.parked(name, from, limit),
          there ->
              there.inquiries().setAside(name, from, limit).stream()
                  .map(ProjectionReports::parked)
                  .toList());
    }

    ProjectionReport statistics(String name) {
      return ask(
          here -> ProjectionReports.of(here.statistics(name)),
          there -> ProjectionReports.with(there.statistics(name), there.inquiries().look(name)));
    }

    private ProjectionLook look(String name) {
      return ask(
          here -> ProjectionReports.look(here.statistics(name)),
          there -> there.inquiries().look(name));
    }
  }

  /// Opens the projections. In a directory all that are enabled run meanwhile.
  int run(Shell shell, Work work) throws Exception {
    return run(shell, _ -> true, work);
  }

  /// Opens the projections. In a directory only one of them runs meanwhile, if it is enabled.
  ///
  /// @param name its name; empty for none
  int run(Shell shell, String name, Work work) throws Exception {
    return run(shell, name::equals, work);
  }

  private int run(Shell shell, Predicate<String> running, Work work) throws Exception {
    if (!store.isRemote()) {
      return runHere(shell, running, work);
    }
    try (var opened = store.openToWrite(shell)) {
      if (!(opened instanceof RemoteEventStore remote)) {
        throw new IllegalStateException("A connection string opened %s".formatted(opened));
      }
      return work.with(new Opened(Optional.empty(), Optional.of(remote.projections())));
    }
  }

  private int runHere(Shell shell, Predicate<String> running, Work work) throws Exception {
    try (var opened = LocalEventStore.open(store.storeDirectory(shell));
        var projections = Projections.open(opened, ProjectionOptions.defaults(), running)) {
      return work.with(new Opened(Optional.of(projections), Optional.empty()));
    }
  }

  /// Waits for something about a projection, and says how far it is.
  static ProjectionStatistics await(
      Shell shell, Projections projections, String name, Predicate<ProjectionStatistics> wanted)
      throws InterruptedException {
    return await(
        shell,
        () -> projections.statistics(name),
        wanted,
        now ->
            "%s: %.1f %%, at position %,d of %,d"
                .formatted(name, now.progress(), now.position(), now.head()),
        now -> "Stopped at position %,d of %,d".formatted(now.position(), now.head()));
  }

  /// Looks at something again and again until it is as wanted.
  ///
  /// @param progress how far it is
  /// @param stopped what to say if somebody does not want to wait any more
  private static <T> T await(
      Shell shell,
      Supplier<T> look,
      Predicate<T> wanted,
      Function<T, String> progress,
      Function<T, String> stopped)
      throws InterruptedException {
    var line = new ProgressLine(shell);
    try {
      while (true) {
        var now = look.get();
        if (wanted.test(now)) {
          return now;
        }
        line.show(() -> progress.apply(now));
        if (shell.stop().await(LOOK_AGAIN)) {
          throw new CommandFailedException(ExitCode.FAILED, stopped.apply(now));
        }
      }
    } finally {
      line.end();
    }
  }
}
