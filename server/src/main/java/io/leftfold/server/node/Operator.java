// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.BackupReport;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import io.leftfold.engine.EventPlace;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.engine.LocalScavenge;
import io.leftfold.engine.ScavengeOptions;
import io.leftfold.server.access.Access;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.Right;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// What operators do with a node, as one caller may. Each is recorded in `$audit`, with what came
/// of it. All methods wait: not for an event loop.
public final class Operator {

  private static final System.Logger LOGGER = System.getLogger(Operator.class.getName());
  private static final Pattern BACKUP_NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

  private final LocalEventStore store;
  private final Optional<Path> backups;
  private final Access access;
  private final Auditing auditing;
  private final Caller caller;
  private final Runnable shutdown;

  Operator(
      LocalEventStore store,
      Optional<Path> backups,
      Access access,
      Auditing auditing,
      Caller caller,
      Runnable shutdown) {
    this.store = store;
    this.backups = backups;
    this.access = access;
    this.auditing = auditing;
    this.caller = caller;
    this.shutdown = shutdown;
  }

  /// Does something that is recorded.
  ///
  /// @param right what it takes
  /// @param action what, in words
  /// @param subject with what
  /// @param work does it
  /// @param <T> what comes of it
  /// @return that
  /// @throws io.leftfold.api.NotAuthorizedException if the caller has not the right
  public <T> T does(Right.OnNode right, String action, String subject, Supplier<T> work) {
    return auditing.doing(() -> access.require(caller, right), action, subject, work);
  }

  private <T> T operating(String action, String subject, Supplier<T> work) {
    return does(Right.OnNode.OPERATE, action, subject, work);
  }

  /// Copies the store, or what is new in it. Takes as long as that takes.
  ///
  /// @param name of the directory, among the backups of this node
  /// @param progress is told how many bytes were copied; what it throws ends the backup
  /// @return what was done
  /// @throws IllegalArgumentException if the name is none, or has the backup of another store
  /// @throws UnavailableException if this node keeps no backups, or the copy cannot be written
  public BackupReport backup(String name, LongConsumer progress) {
    return operating("backup", name, () -> store.backup(directory(name), progress));
  }

  private Path directory(String name) {
    if (!BACKUP_NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "The name of a backup is 1 to 64 letters, digits, '-', '_' and '.', and does not begin with '.'; got '%s'"
              .formatted(name));
    }
    return backups
        .orElseThrow(() ->
            new UnavailableException(
                UnavailableException.Reason.READ_ONLY,
                "This server makes no backups for clients; start it with --backups <directory> if it is to"))
        .resolve(name);
  }

  /// Asks the owner of the node to end it; returns at once.
  public void shutDown() {
    operating(
        "shutdown",
        "node",
        () -> {
          shutdown.run();
          return true;
        });
  }

  /// Sees to it that the caller is an operator.
  ///
  /// @throws io.leftfold.api.NotAuthorizedException if it is none
  public void require() {
    access.require(caller, Right.OnNode.OPERATE);
  }

  /// Where an event lies in the files of the log. Nothing is changed, so nothing is recorded.
  ///
  /// @param stream its stream, which a caller who operates the node need not be able to read
  /// @param revision of the event; taken as unsigned
  /// @return empty if there is no such event, or none that a reader of the stream would see
  /// @throws io.leftfold.api.NotAuthorizedException if the caller is no operator
  public Optional<Place> place(StreamName stream, long revision) {
    require();
    if (revision < 0) {
      return Optional.empty();
    }
    try (var read = store.read(stream, ReadOptions.forwards().from(revision).limit(1))) {
      var events = read.iterator();
      if (!events.hasNext()) {
        return Optional.empty();
      }
      var found = events.next().original();
      return found.revision() == revision
          ? store.place(found.position()).map(Place::of)
          : Optional.empty();
    }
  }

  /// Where an event lies.
  ///
  /// @param position of the event in the log
  /// @param file the name of the log file
  /// @param generation how often the file was written again by scavenges, from 0
  /// @param sealed whether nothing will be appended to the file any more
  /// @param offset in the file, in bytes
  public record Place(long position, String file, int generation, boolean sealed, int offset) {
    private static Place of(EventPlace place) {
      return new Place(
          place.position(), place.file(), place.generation(), place.sealed(), place.offset());
    }
  }

  /// Begins to forget what may be forgotten, in the background, unless that goes on already.
  ///
  /// @param firstChunk the log file to begin with; 0 for the first, or the one at which the last
  ///   scavenge ended unfinished
  /// @return the scavenge that goes on now
  public Scavenge startScavenge(int firstChunk) {
    return operating(
        "scavenge", "from log file %d".formatted(firstChunk), () -> scavenge(firstChunk));
  }

  private Scavenge scavenge(int firstChunk) {
    var options = ScavengeOptions.defaults();
    try {
      var begun = store.scavenge(firstChunk == 0 ? options : options.fromChunk(firstChunk));
      return new Scavenge(begun.id(), true);
    } catch (UnavailableException refused) {
      var running = store.lastScavenge().filter(LocalScavenge::isRunning);
      if (refused.reason() != UnavailableException.Reason.IN_USE || running.isEmpty()) {
        throw refused;
      }
      return new Scavenge(running.get().id(), false);
    }
  }

  /// A scavenge that goes on.
  ///
  /// @param id which one
  /// @param isNew whether it was begun by this call
  public record Scavenge(UUID id, boolean isNew) {}

  /// The scavenge that was begun last since the start.
  ///
  /// @return empty if there was none
  /// @throws io.leftfold.api.NotAuthorizedException if the caller is no operator
  public Optional<LastScavenge> lastScavenge() {
    require();
    return store.lastScavenge().map(LastScavenge::of);
  }

  /// The scavenge that was begun last.
  ///
  /// @param id which one
  /// @param isRunning whether it goes on
  /// @param outcome how it ended, in a word of KurrentDB
  public record LastScavenge(UUID id, boolean isRunning, String outcome) {
    private static LastScavenge of(LocalScavenge scavenge) {
      return new LastScavenge(
          scavenge.id(),
          scavenge.isRunning(),
          switch (scavenge.progress().outcome()) {
            case RUNNING -> "InProgress";
            case SUCCESS -> "Success";
            case STOPPED -> "Stopped";
            case ERRORED -> "Errored";
          });
    }
  }

  /// Ends a scavenge; returns at once.
  ///
  /// @param id which one, as text
  /// @return whether that one was running
  public boolean stopScavenge(String id) {
    try {
      return operating(
          "stop scavenge",
          id,
          () -> {
            running(id).stop();
            return true;
          });
    } catch (NoSuchElementException _) {
      return false;
    }
  }

  private LocalScavenge running(String id) {
    return store
        .lastScavenge()
        .filter(LocalScavenge::isRunning)
        .filter(scavenge -> scavenge.id().toString().equals(id))
        .orElseThrow(() -> new NoSuchElementException("No scavenge of this id is running"));
  }

  /// Merges the files of the index, in the background.
  public void mergeIndex() {
    operating(
        "merge index",
        "node",
        () -> {
          store.mergeIndex();
          return true;
        });
  }

  /// Is asked to let another node lead. This one is alone, and goes on.
  public void resign() {
    noted("resign", "node", "there is no other node to lead in its place");
  }

  /// Is told how eager the node is to lead. It is alone, and leads.
  ///
  /// @param priority any
  public void setPriority(int priority) {
    noted("set priority", Integer.toString(priority), "there is no other node to be preferred to");
  }

  private void noted(String action, String subject, String why) {
    operating(
        action,
        subject,
        () -> {
          LOGGER.log(
              System.Logger.Level.INFO,
              "{0} asked for: {1} ({2}). Nothing was done: {3}",
              caller.name(),
              action,
              subject,
              why);
          return true;
        });
  }
}
