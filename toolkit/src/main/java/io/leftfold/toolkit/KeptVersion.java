// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import io.leftfold.api.RecordedEvent;
import io.leftfold.toolkit.Checkpoint.Role;
import io.leftfold.toolkit.Folds.Meant;
import io.leftfold.toolkit.ReadModel.Transaction;
import io.leftfold.toolkit.keys.KeysUnavailableException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One version of a projection as it is kept, and every transaction that changes it. For one thread
/// at a time, but for what only looks.
///
/// What is known of it was read or written in the last transaction. Each transaction first puts the
/// next checkpoint in the place of the one that is known. If somebody else was quicker, that fails
/// ([OutrunException]), nothing is done, and what is known is read again. So it does not matter how
/// many fold the same version, nor whether a transaction that was not answered took place.
final class KeptVersion<E, V> {

  /// What a view does not want moves the kept checkpoint this rarely.
  private static final long IDLE_POSITIONS = 10_000;

  private final Projection<E, V> projection;
  private final Folds<E, V> folds;
  private final ReadModel<V> readModel;
  private final FoldingOptions options;
  private final Progress progress;
  private final Notices notices;

  /// Others look at it.
  private volatile @Nullable Known known;

  KeptVersion(
      Projection<E, V> projection,
      ReadModel<V> readModel,
      FoldingOptions options,
      Progress progress,
      Notices notices) {
    this.projection = projection;
    this.folds = new Folds<>(projection, options.unknownEvents());
    this.readModel = readModel;
    this.options = options;
    this.progress = progress;
    this.notices = notices;
  }

  // ---- what is known

  private ProjectionVersion version() {
    return projection.version();
  }

  /// What is known, read if nothing is. A version that nothing is kept of begins: as the one that
  /// is read if it is the first, otherwise beside that.
  Known open() {
    var last = known;
    return last == null ? know(read()) : last;
  }

  private Known know(Known next) {
    known = next;
    progress.moved(next.through());
    return next;
  }

  /// What is known may be wrong.
  void forget() {
    known = null;
  }

  Optional<Known> known() {
    return Optional.ofNullable(known);
  }

  private Known read() {
    var live = readModel.<Optional<Checkpoint>>transact(this::live);
    if (live.filter(one -> one.version().version() > version().version()).isPresent()) {
      return new Known(Checkpoint.first(version(), Role.RETIRED, -1), -1, Set.of(), -1);
    }
    readModel.prepare(version());
    return readModel.<Known>transact(this::begin);
  }

  private Optional<Checkpoint> live(Transaction<V> transaction) {
    return transaction.live(version().projection());
  }

  private Known begin(Transaction<V> transaction) {
    var live = live(transaction);
    var kept =
        transaction.checkpoints(version().projection()).stream()
            .filter(one -> one.version().equals(version()))
            .findFirst();
    var checkpoint =
        kept.orElseGet(() ->
            Checkpoint.first(
                version(), live.isEmpty() ? Role.LIVE : Role.BUILDING, projection.reactsAfter()));
    if (kept.isEmpty()) {
      transaction.add(checkpoint);
    }
    var parked = new HashSet<String>();
    standing(transaction).forEach(one -> parked.add(one.partition()));
    return new Known(
        checkpoint,
        checkpoint.position(),
        Set.copyOf(parked),
        checkpoint.role() == Role.BUILDING
            ? live.map(Checkpoint::position).orElse(Long.MAX_VALUE)
            : Long.MAX_VALUE);
  }

  private static void replace(Transaction<?> transaction, Checkpoint before, Checkpoint after) {
    if (!transaction.replace(before, after)) {
      throw new OutrunException(before);
    }
  }

  // ---- folding

  /// Folds what was read. Afterwards it is in the view or parked, and so is nothing else.
  ///
  /// @throws OutrunException if somebody else was quicker
  /// @throws ProjectionFailedException if an event cannot be folded, and is not to be parked; what
  ///   came before it is in the view
  /// @throws RuntimeException if the read model's store failed
  void fold(Batch batch) {
    var before = open();
    var events =
        batch.events().stream().filter(event -> event.position() > before.through()).toList();
    if (!events.isEmpty()) {
      foldAll(events, Math.max(batch.through(), events.getLast().position()));
    }
    know(open().lookedThrough(batch.through()));
    if (open().through() - open().checkpoint().position() >= IDLE_POSITIONS) {
      keepPlace();
    }
  }

  private void foldAll(List<RecordedEvent> events, long through) {
    if (events.size() > 1) {
      try {
        commit(events, through, Map.of());
        return;
      } catch (OutrunException | KeysUnavailableException e) {
        throw e;
      } catch (RuntimeException _) {
        // Which one it was shows when they are folded one by one.
      }
    }
    events.forEach(this::foldOne);
  }

  /// Tries an event by itself. It is blamed for an attempt that failed only if the read model takes
  /// a transaction without it right afterwards, and for good only if it then fails once more: one
  /// that does not answer for a while, however long, is nobody's fault.
  private void foldOne(RecordedEvent event) {
    var blamed = new HashMap<String, RuntimeException>();
    for (var attempts = 1; ; attempts++) {
      try {
        commit(List.of(event), event.position(), blamed);
        notices.parked(event, blamed);
        return;
      } catch (OutrunException | KeysUnavailableException e) {
        throw e;
      } catch (RuntimeException failure) {
        if (!isToBeSetAside(failure)) {
          keepPlace();
          if (attempts == 1 && blamed.isEmpty()) {
            notices.failed(event, failure);
          }
        }
        if (attempts > options.attemptsMax() || isToBeSetAside(failure)) {
          blamed.put(toBlame(event, failure, blamed.keySet()), failure);
          attempts = 0;
        } else if (attempts < options.attemptsMax()
            && !progress.pause(options.pauseAfter(attempts))) {
          throw failure;
        }
      }
    }
  }

  /// The partition that is to be parked.
  private String toBlame(RecordedEvent event, RuntimeException failure, Set<String> blamed) {
    var partition =
        failure instanceof FoldFailure inside
            ? inside.partition().or(this::aside)
            : folds.meaning(event).byPartition().keySet().stream()
                .filter(one -> !blamed.contains(one) && !open().parked().contains(one))
                .findFirst();
    if (partition.isEmpty() && !(failure instanceof FoldFailure)) {
      throw failure;
    }
    return partition
        .filter(_ -> options.onFailure() != OnFailure.STOP)
        .orElseThrow(
            () -> new ProjectionFailedException(version(), event, FoldFailure.causeOf(failure)));
  }

  private Optional<String> aside() {
    return options.onFailure() == OnFailure.SET_ASIDE
        ? Optional.of(Projector.UNREADABLE)
        : Optional.empty();
  }

  /// What cannot be understood now cannot be a moment later.
  private boolean isToBeSetAside(RuntimeException failure) {
    return aside().isPresent()
        && failure instanceof FoldFailure inside
        && inside.partition().isEmpty();
  }

  private void commit(
      List<RecordedEvent> events, long through, Map<String, RuntimeException> blamed) {
    var before = open();
    var meant =
        blamed.containsKey(Projector.UNREADABLE)
            ? events.stream().map(folds::aside).toList()
            : events.stream().map(folds::meaning).toList();
    var after = before.checkpoint().at(through);
    readModel.transact(transaction -> {
      replace(transaction, before.checkpoint(), after);
      var view = transaction.view(version());
      for (var event : meant) {
        apply(event, before, blamed, transaction, view);
      }
      return after;
    });
    know(before.at(after).alsoParked(blamed.keySet()));
  }

  private void apply(
      Meant<E> event,
      Known before,
      Map<String, RuntimeException> blamed,
      Transaction<V> transaction,
      V view) {
    var position = event.recorded().position();
    event
        .byPartition()
        .forEach((partition, occurred) -> {
          if (blamed.containsKey(partition)) {
            var cause = FoldFailure.causeOf(blamed.get(partition)).toString();
            transaction.park(version(), partition, position, cause);
          } else if (before.parked().contains(partition)) {
            transaction.park(version(), partition, position, "");
          } else {
            folds.fold(occurred, before.checkpoint(), view);
          }
        });
  }

  /// Keeps how far everything was looked at.
  void keepPlace() {
    var before = open();
    var after = before.checkpoint().at(before.through());
    readModel.transact(transaction -> {
      replace(transaction, before.checkpoint(), after);
      return after;
    });
    know(before.at(after));
  }

  /// Whether the version that is read has come up to a position, by whomever.
  boolean isKept(long position) {
    return readModel.<Boolean>transact(
        transaction -> live(transaction).filter(one -> one.position() >= position).isPresent());
  }

  // ---- parked partitions

  List<ParkedPartition> parked() {
    return readModel.<List<ParkedPartition>>transact(this::standing);
  }

  private List<ParkedPartition> standing(Transaction<V> transaction) {
    return transaction.parked(version()).stream()
        .filter(one -> !one.partition().equals(Projector.LEFT_OUT))
        .toList();
  }

  List<Long> leftOut() {
    return readModel.<List<Long>>transact(
        transaction -> parkedEvents(transaction, Projector.LEFT_OUT));
  }

  private List<Long> parkedEvents(Transaction<V> transaction, String partition) {
    return transaction.parkedEvents(version(), partition, 0, Integer.MAX_VALUE);
  }

  /// The positions of the events that have no partition to be folded in.
  Map<Long, String> aside(Transaction<V> transaction) {
    var positions = new HashMap<Long, String>();
    for (var partition : List.of(Projector.UNREADABLE, Projector.LEFT_OUT)) {
      parkedEvents(transaction, partition).forEach(one -> positions.put(one, partition));
    }
    return positions;
  }

  /// Leaves out an event that was set aside.
  ///
  /// @return whether it was there
  boolean leaveOut(long position) {
    var aside =
        readModel.<List<Long>>transact(
            transaction -> parkedEvents(transaction, Projector.UNREADABLE));
    if (!aside.contains(position)) {
      return false;
    }
    change(transaction -> {
      transaction.unpark(version(), Projector.UNREADABLE, position);
      transaction.park(version(), Projector.LEFT_OUT, position, "");
    });
    if (aside.size() == 1) {
      know(open().without(Projector.UNREADABLE));
    }
    return true;
  }

  boolean isParked(long position) {
    if (known().filter(one -> one.parked().isEmpty()).isPresent()) {
      return false;
    }
    return readModel.<Boolean>transact(transaction -> isParked(transaction, version(), position));
  }

  /// Whether the version that is read, by whomever it is folded, keeps an event parked.
  boolean isParkedByTheLive(long position) {
    return readModel.<Boolean>transact(transaction ->
        live(transaction)
            .filter(one -> isParked(transaction, one.version(), position))
            .isPresent());
  }

  private static boolean isParked(
      Transaction<?> transaction, ProjectionVersion version, long position) {
    return transaction.parked(version).stream()
        .filter(partition -> !partition.partition().equals(Projector.LEFT_OUT))
        .filter(partition -> partition.position() <= position)
        .anyMatch(partition ->
            transaction
                .parkedEvents(version, partition.partition(), position, 1)
                .equals(List.of(position)));
  }

  /// Folds the next event that is kept of a parked partition.
  ///
  /// @return whether there are more
  /// @throws OutrunException if somebody else was quicker
  /// @throws ProjectionFailedException if it failed again; it stays where it is
  boolean resumeOne(String partition, ProjectionSource source) {
    if (open().isRetired()) {
      throw new ProjectionStoppedException(
          "Partition %s was to be resumed, but a newer version than %s is live"
              .formatted(partition, version()));
    }
    var kept =
        readModel.<List<Long>>transact(
            transaction -> transaction.parkedEvents(version(), partition, 0, 2));
    if (!kept.isEmpty()) {
      resume(partition, kept.getFirst(), source);
    }
    if (kept.size() < 2) {
      know(open().without(partition));
      return false;
    }
    return true;
  }

  private void resume(String partition, long position, ProjectionSource source) {
    var event = source.at(position);
    try {
      unpark(partition, position, event);
    } catch (FoldFailure failure) {
      var cause = FoldFailure.causeOf(failure);
      change(transaction -> transaction.park(version(), partition, position, cause.toString()));
      throw new ProjectionFailedException(version(), event.orElseThrow(), cause);
    }
  }

  private void unpark(String partition, long position, Optional<RecordedEvent> event) {
    var checkpoint = open().checkpoint();
    if (Projector.isAside(partition) && event.isPresent()) {
      takeBack(event.get(), partition);
      return;
    }
    var occurred =
        event.map(folds::meaning).map(meant -> meant.byPartition().get(partition)).stream()
            .toList();
    change(transaction -> {
      occurred.forEach(events -> folds.fold(events, checkpoint, transaction.view(version())));
      transaction.unpark(version(), partition, position);
    });
  }

  /// Folds an event that was set aside, or keeps it with its partition if that is parked.
  private void takeBack(RecordedEvent event, String aside) {
    var before = open();
    var meant = folds.meaning(event);
    change(transaction -> {
      apply(meant, before, Map.of(), transaction, transaction.view(version()));
      transaction.unpark(version(), aside, event.position());
    });
  }

  /// What is changed in a transaction.
  interface Change<V> {
    void in(Transaction<V> transaction);
  }

  /// Changes the view or what is parked, where the version stands.
  ///
  /// @throws OutrunException if somebody else was quicker; nothing was changed
  void change(Change<V> change) {
    var before = open();
    var after = before.checkpoint().touched();
    readModel.transact(transaction -> {
      replace(transaction, before.checkpoint(), after);
      change.in(transaction);
      return after;
    });
    know(before.at(after));
  }

  // ---- the place of another version

  /// Takes the place of the live version, in one transaction, if this has come as far and nothing
  /// is parked. If that one has moved on, the gate does too. What the other one had parked was
  /// reacted to by nobody yet, and now is.
  ///
  /// @return whether anything changed
  /// @throws OutrunException if somebody else was quicker
  boolean takeOver(ProjectionSource source) {
    var before = open();
    var next = readModel.<Known>transact(transaction -> takeOver(transaction, before, source));
    know(next);
    return !next.equals(before);
  }

  private Known takeOver(Transaction<V> transaction, Known before, ProjectionSource source) {
    var live = live(transaction);
    if (live.isPresent() && live.get().version().version() > version().version()) {
      return new Known(before.checkpoint().retired(), before.through(), before.parked(), -1);
    }
    if (live.isPresent() && live.get().position() > before.through()) {
      return before.behind(live.get().position());
    }
    if (!before.parked().isEmpty()) {
      return before;
    }
    live.ifPresent(one -> replace(transaction, one, one.retired()));
    var after = before.checkpoint().live(before.through());
    replace(transaction, before.checkpoint(), after);
    live.ifPresent(one -> reactToParked(one, transaction, source));
    return before.at(after).behind(Long.MAX_VALUE);
  }

  private void reactToParked(Checkpoint old, Transaction<V> transaction, ProjectionSource source) {
    if (projection.reaction().isEmpty()) {
      return;
    }
    var leftOut = parkedEvents(transaction, Projector.LEFT_OUT);
    for (var parked : transaction.parked(old.version())) {
      var partition = parked.partition();
      var from = old.reactsAfter() + 1;
      var events = transaction.parkedEvents(old.version(), partition, from, Integer.MAX_VALUE);
      for (var position : events) {
        if (leftOut.contains(position)) {
          continue;
        }
        source
            .at(position)
            .ifPresent(event -> folds.react(event, partition, transaction.view(version())));
      }
    }
  }
}
