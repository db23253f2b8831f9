// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.UserAccess;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A store as the wires see it. What can be done with it is in [Session]; here is what everybody
/// may know.
public final class Node {

  private final LocalEventStore store;
  private final Optional<Path> backups;
  private final Optional<UserAccess> users;
  private final Measures measures;
  private final CompletableFuture<@Nullable Void> shutdownAsked = new CompletableFuture<>();
  private final Turns turns = Turns.of(Runtime.getRuntime().maxMemory());
  private volatile boolean closing;
  private volatile Supplier<Readiness.OfGroups> groups = () -> Readiness.OfGroups.WELL;

  /// A node of one store, which it does not own. Everybody may do everything, but make backups.
  ///
  /// @param store open for as long as the node is used
  public Node(LocalEventStore store) {
    this(store, Optional.empty(), Optional.empty(), Measures.none());
  }

  /// A node of one store, which it does not own.
  ///
  /// @param store open for as long as the node is used
  /// @param backups the directory in which backups are kept that clients ask for
  /// @param users who they are and what they may do; empty if there are none, and everybody may do
  ///   everything
  /// @param measures takes how long it does
  public Node(
      LocalEventStore store,
      Optional<Path> backups,
      Optional<UserAccess> users,
      Measures measures) {
    this.store = store;
    this.backups = backups;
    this.users = users;
    this.measures = measures;
    measures.listenTo(store);
  }

  /// The node as one caller has it.
  ///
  /// @param caller who asks
  /// @param from the address that the caller asks from
  /// @return what the caller may do, to be used for one call or many
  public Session as(Caller caller, String from) {
    return as(caller, from, Optional.empty());
  }

  /// The node as one caller has it over a connection: its writes take turns with those of others.
  ///
  /// @param caller who asks
  /// @param from the address that the caller asks from
  /// @param origin where its writes come from
  /// @return what the caller may do, to be used for one call or many
  public Session as(Caller caller, String from, Turns.Origin origin) {
    return as(caller, from, Optional.of(origin));
  }

  private Session as(Caller caller, String from, Optional<Turns.Origin> origin) {
    return new Session(
        store,
        backups,
        users,
        measures,
        caller,
        from,
        () -> shutdownAsked.complete(null),
        turns,
        origin);
  }

  /// The connections of the old TCP protocol, for who opens them.
  ///
  /// @return those of this node
  public Connections connections() {
    return measures.connections();
  }

  /// How many writes wait until it is their connection's turn.
  ///
  /// @return as of this moment
  public int waitingWrites() {
    return turns.waiting();
  }

  /// The node as somebody has it who asks from nowhere in particular.
  ///
  /// @param caller who asks
  /// @return what the caller may do, to be used for one call or many
  public Session as(Caller caller) {
    return as(caller, "");
  }

  /// Whether it knows users.
  ///
  /// @return false if everybody may do everything
  public boolean hasUsers() {
    return users.isPresent();
  }

  /// The id that the store got when it was made.
  ///
  /// @return the id
  public UUID storeId() {
    return store.storeId();
  }

  /// An operator wants the node to end. What that means is the business of whoever owns it.
  ///
  /// @return completes with the first wish
  public CompletionStage<@Nullable Void> shutdownAsked() {
    return shutdownAsked.minimalCompletionStage();
  }

  /// From now on the node says that it is not ready, because it is about to be closed.
  public void closing() {
    closing = true;
  }

  /// Whether everything is answered and appends are taken, and if not, why. Asks the disk: not for
  /// an event loop.
  ///
  /// @return as of this moment
  public Readiness readiness() {
    return Readiness.of(closing, store.writerState(), store.indexProgress(), groups.get());
  }

  /// Groups run beside the node, which tells how they are.
  ///
  /// @param how asked each time; must not wait
  public void askOfGroups(Supplier<Readiness.OfGroups> how) {
    groups = how;
  }

  /// Whether everything is answered: the index is whole.
  ///
  /// @return as of this moment
  public boolean isIndexed() {
    return store.indexProgress().state() == IndexProgress.State.WHOLE;
  }

  /// Whether it is about to be closed.
  ///
  /// @return whether somebody said so
  public boolean isClosing() {
    return closing;
  }

  /// Runs something as soon as everything is answered; never, if that does not come.
  ///
  /// @param task must not wait
  public void whenReady(Runnable task) {
    var _ = store.whenIndexed().thenRun(task);
  }
}
