// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamName;
import io.leftfold.projections.NewProjection;
import io.leftfold.projections.PartitionState;
import io.leftfold.projections.ProjectionConfig;
import io.leftfold.projections.ProjectionDefinition;
import io.leftfold.projections.ProjectionDefinition.Sources;
import io.leftfold.projections.ProjectionException;
import io.leftfold.projections.ProjectionMode;
import io.leftfold.projections.ProjectionQuery;
import io.leftfold.projections.ProjectionStatistics;
import io.leftfold.projections.Projections;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.Right;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Projections as one caller may see and change them. What is changed is recorded in `$audit`, with
/// what came of it. All methods wait: not for an event loop.
///
/// Looking is for whoever has logged in, changing for operators, who give no script more to read
/// than they may read themselves. A transient query is kept nowhere; it is also for those who may
/// read everything, and nobody else sees what comes of it.
public final class ProjectionControl {

  private static final StreamName ALL = StreamName.of("$all");

  private final Session session;
  private final ServedProjections served;
  private final Supplier<UUID> ids;

  /// Of one caller.
  ///
  /// @param session the caller's
  /// @param served the projections
  /// @param ids makes names that nobody else has
  public ProjectionControl(Session session, ServedProjections served, Supplier<UUID> ids) {
    this.session = session;
    this.served = served;
    this.ids = ids;
  }

  /// What takes a while, as the caller may ask for it.
  ///
  /// @return answers
  public ProjectionInquiries inquiries() {
    return new ProjectionInquiries(this, session, served.folds());
  }

  Projections projections() {
    session.require(Right.OnNode.STATISTICS);
    return served.get();
  }

  // ---- looking

  /// All projections.
  ///
  /// @return how each is, in the order of their names
  public List<ProjectionStatistics> list() {
    return projections().list().stream().map(this::shown).toList();
  }

  /// How a projection is.
  ///
  /// @param name which
  /// @return its figures
  public ProjectionStatistics statistics(String name) {
    return shown(projections().statistics(name));
  }

  /// Why a query failed tells what it has read: all of it only to those who may read that.
  private ProjectionStatistics shown(ProjectionStatistics one) {
    return one.mode() == ProjectionMode.TRANSIENT && !mayQuery()
        ? one.withReason(one.reason().lines().findFirst().orElse(""))
        : one;
  }

  /// What a projection is made of.
  ///
  /// @param name which
  /// @return its script and configuration
  public ProjectionQuery query(String name) {
    return projections().query(name);
  }

  /// The state of a partition.
  ///
  /// @param name which projection
  /// @param partition the partition, empty for the one state
  /// @return as it is now
  public PartitionState state(String name, String partition) {
    return seen(name).state(name, partition);
  }

  /// The result of a partition.
  ///
  /// @param name which projection
  /// @param partition the partition, empty for the one state
  /// @return as it is now
  public PartitionState result(String name, String partition) {
    return seen(name).result(name, partition);
  }

  /// The projections, for somebody who is shown what came of one of them.
  Projections seen(String name) {
    var projections = projections();
    if (isTransient(projections, name)) {
      requireQuerying();
    }
    return projections;
  }

  // ---- changing

  /// Creates a projection, which is the caller's.
  ///
  /// @param wanted what to create
  public void create(NewProjection wanted) {
    if (wanted.config().trackEmittedStreams() && !wanted.config().emitEnabled()) {
      throw new IllegalArgumentException(
          "A projection that may not emit cannot track emitted streams");
    }
    var projections = projections();
    var isTransient = wanted.mode() == ProjectionMode.TRANSIENT;
    changing(
        isTransient,
        "create projection",
        wanted.name(),
        () -> {
          requireReadable(projections, wanted.query());
          projections.create(owned(wanted));
        });
  }

  private NewProjection owned(NewProjection wanted) {
    return session.caller() instanceof Caller.User user
        ? wanted.ownedBy(user.name(), user.groups().stream().sorted().toList())
        : wanted;
  }

  /// Gives a projection another script.
  ///
  /// @param name which
  /// @param query the script
  /// @param emitEnabled whether it may write; empty to leave that as it is
  /// @param properties what to keep with it, as JSON; empty to leave that as it is
  public void update(
      String name, String query, Optional<Boolean> emitEnabled, Optional<String> properties) {
    change(
        "update projection",
        name,
        projections -> {
          requireReadable(projections, query);
          projections.update(name, query, emitEnabled, properties);
        });
  }

  /// Starts a projection.
  ///
  /// @param name which
  public void enable(String name) {
    change("enable projection", name, projections -> projections.enable(name));
  }

  /// Stops a projection behind a last step.
  ///
  /// @param name which
  public void disable(String name) {
    change("disable projection", name, projections -> projections.disable(name));
  }

  /// Stops a projection without the step that is open.
  ///
  /// @param name which
  public void abort(String name) {
    change("abort projection", name, projections -> projections.abort(name));
  }

  /// Makes a projection begin at zero.
  ///
  /// @param name which
  public void reset(String name) {
    change("reset projection", name, projections -> projections.reset(name));
  }

  /// Makes a projection begin at zero, and emit what it has emitted again, besides what is there.
  ///
  /// @param name which
  public void emitAgain(String name) {
    change("reset projection to emit again", name, projections -> projections.reset(name, true));
  }

  /// Begins to build another version of a projection beside the one that answers.
  ///
  /// @param name which
  /// @param query the script of the new version
  /// @param emitEnabled whether it may write; empty to leave that as it is
  public void buildBeside(String name, String query, Optional<Boolean> emitEnabled) {
    change(
        "build beside projection",
        name,
        projections -> {
          requireReadable(projections, query);
          projections.buildBeside(name, query, emitEnabled);
        });
  }

  /// Gives up a version of a projection that is built beside.
  ///
  /// @param name which
  public void cancelBuilding(String name) {
    change(
        "cancel building beside projection", name, projections -> projections.cancelBuilding(name));
  }

  /// What goes with a projection that is deleted.
  ///
  /// @param emittedStreams the streams that it emitted to, as far as they were tracked
  /// @param stateStream its results
  /// @param checkpointStream its checkpoint
  public record Deletion(boolean emittedStreams, boolean stateStream, boolean checkpointStream) {}

  /// Deletes a projection that is stopped or faulted.
  ///
  /// @param name which
  /// @param what what goes with it
  public void delete(String name, Deletion what) {
    change(
        "delete projection",
        name,
        projections ->
            projections.delete(
                name, what.emittedStreams(), what.stateStream(), what.checkpointStream()));
  }

  /// Changes how a projection goes about its work.
  ///
  /// @param name which; stopped or faulted
  /// @param config its new configuration
  public void configure(String name, ProjectionConfig config) {
    change("configure projection", name, projections -> projections.configure(name, config));
  }

  /// Changes how a projection goes about its work. One that runs is stopped for it, and goes on.
  ///
  /// @param name which
  /// @param config its new configuration
  public void reconfigure(String name, ProjectionConfig config) {
    change("configure projection", name, projections -> projections.reconfigure(name, config));
  }

  /// Stops all projections and starts those that are enabled.
  public void restart() {
    var projections = projections();
    changing(false, "restart projections", "all", projections::restart);
  }

  // ---- rights

  private void change(String action, String name, Consumer<Projections> work) {
    var projections = projections();
    changing(isTransient(projections, name), action, name, () -> work.accept(projections));
  }

  private void changing(boolean isTransient, String action, String name, Runnable work) {
    if (isTransient) {
      requireQuerying();
      work.run();
    } else {
      var _ =
          changing(
              action,
              name,
              () -> {
                work.run();
                return true;
              });
    }
  }

  /// Changes a projection that is kept, as an operator.
  <T> T changing(String action, String name, Supplier<T> work) {
    return session.operator().does(Right.OnNode.MANAGE_PROJECTIONS, action, name, work);
  }

  private static boolean isTransient(Projections projections, String name) {
    try {
      return projections.statistics(name).mode() == ProjectionMode.TRANSIENT;
    } catch (ProjectionException missing) {
      if (missing.reason() == ProjectionException.Reason.NOT_FOUND) {
        return false;
      }
      throw missing;
    }
  }

  private boolean mayQuery() {
    return session.may(Right.OnNode.MANAGE_PROJECTIONS) || session.mayRead(ALL);
  }

  void requireQuerying() {
    if (!session.may(Right.OnNode.MANAGE_PROJECTIONS)) {
      session.requireReading(ALL);
    }
  }

  /// A script shows what it reads to everybody, so nobody gives it more than they may read.
  void requireReadable(Projections projections, String query) {
    if (!session.mayRead(ALL)) {
      requireReadable(definition(projections, query));
    }
  }

  void requireReadable(Optional<ProjectionDefinition> definition) {
    if (session.mayRead(ALL)) {
      return;
    }
    var unreadable =
        definition.map(ProjectionControl::sources).orElse(List.of()).stream()
            .filter(stream -> !session.mayRead(stream))
            .findFirst();
    if (unreadable.isPresent()) {
      throw new NotAuthorizedException(
          "The script reads %s, and %s may not"
              .formatted(unreadable.get(), session.caller().name()));
    }
  }

  /// What a script says about itself; empty if it is none, and reads nothing.
  private Optional<ProjectionDefinition> definition(Projections projections, String query) {
    var name = "asked-" + ids.get();
    projections.create(NewProjection.transientQuery(name, query).disabled());
    try {
      return projections.query(name).definition();
    } finally {
      projections.delete(name, false, false, false);
    }
  }

  private static List<StreamName> sources(ProjectionDefinition definition) {
    return switch (definition.sources()) {
      case Sources.All() -> List.of(ALL);
      case Sources.Streams(var names) -> names.stream().map(StreamName::of).toList();
      case Sources.Category(var name) -> List.of(StreamName.of("$ce-" + name));
    };
  }
}
