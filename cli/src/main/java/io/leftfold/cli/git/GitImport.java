// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import io.leftfold.api.AppendResult;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamState;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.cli.git.CommitEvents.Prepared;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.eclipse.jgit.lib.ObjectId;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The import of a git repository: every git commit becomes one commit of the store, parents before
/// their children, and none twice.
///
/// What was imported is read from the repository's stream, which holds one event per git commit; so
/// an import may be stopped or killed at any moment and the next one goes on exactly there, and an
/// import with nothing to do adds nothing. Each append expects that stream at the revision this
/// import left it, so that two imports of one repository cannot mix: of the same history, each
/// finds the other's events to be its own; of different branches, the second stops.
///
/// Commits are compared by several threads ahead of the one that appends.
public final class GitImport {

  static final String REPOSITORY_CATEGORY = "repository";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int AHEAD_PER_THREAD = 16;

  private final EventStore store;
  private final Path place;
  private final GitImportOptions options;
  private final RandomGenerator random;
  private final ThreadFactory threads;

  /// An import that has not begun.
  ///
  /// @param store where the events go
  /// @param repository the directory of the git repository
  /// @param options which history, under which names
  /// @param random makes the key of the pseudonyms; should be hard to guess
  /// @param threads makes the threads that compare commits
  public GitImport(
      EventStore store,
      Path repository,
      GitImportOptions options,
      RandomGenerator random,
      ThreadFactory threads) {
    this.store = store;
    this.place = repository;
    this.options = options;
    this.random = random;
    this.threads = threads;
  }

  /// Imports what is not there yet.
  ///
  /// @param progress told after every commit
  /// @param stop asked before every commit; once it says yes, the import ends between two commits
  /// @return what was done
  /// @throws GitImportException if the repository, or what the store holds of it, stands against it
  public Outcome run(Progress progress, BooleanSupplier stop) {
    try (var history = GitHistory.open(place)) {
      var commits = history.commits(options.branch());
      var name = options.name().orElseGet(history::name);
      var stream = repositoryStream(name);
      var before = imported(stream, name, history, commits);
      var todo = commits.stream().filter(commit -> !before.commits.contains(commit)).toList();
      var elsewhere = before.commits.size() - (commits.size() - todo.size());
      return append(history, stream, before, todo, commits.size(), elsewhere, progress, stop);
    }
  }

  private static StreamName repositoryStream(String name) {
    try {
      return StreamName.of(REPOSITORY_CATEGORY + "-" + name);
    } catch (IllegalArgumentException e) {
      throw new GitImportException(
          "The repository cannot be named \"%s\": %s".formatted(name, e.getMessage()), e);
    }
  }

  // What the store has of this repository; registers it if that is nothing.

  private Before imported(
      StreamName stream, String name, GitHistory history, List<ObjectId> commits) {
    switch (store.state(stream)) {
      case StreamState.Absent() -> register(stream, name, commits);
      case StreamState.Present _ -> {}
      case StreamState.Deleted _ ->
          throw new GitImportException(
              "Stream %s was deleted, but the streams of its files were not: importing again would record everything twice. Import under another name and category (--name, --category)"
                  .formatted(stream));
      case StreamState.Tombstoned() ->
          throw new GitImportException(
              "Stream %s was tombstoned. Import under another name and category (--name, --category)"
                  .formatted(stream));
    }
    try (var events = store.read(stream, ReadOptions.forwards())) {
      var iterator = events.iterator();
      if (!iterator.hasNext()) {
        throw new GitImportException(
            "Stream %s shows no events, though it has some: its metadata hides them. Without them nobody knows what was imported"
                .formatted(stream));
      }
      var registration = registration(iterator.next().original());
      check(registration, stream, history);
      var done = new HashSet<ObjectId>();
      var last = 0L;
      while (iterator.hasNext()) {
        var event = iterator.next().original();
        if (event.type().equals(CommitEvents.COMMIT_IMPORTED)) {
          done.add(commitOf(event));
        }
        last = event.revision();
      }
      return new Before(registration, done, last);
    }
  }

  private void register(StreamName stream, String name, List<ObjectId> commits) {
    refuseSharedCategory(stream);
    var salt = new byte[Pseudonyms.SALT_BYTES];
    random.nextBytes(salt);
    var registration =
        new Registration(
            name, commits.getFirst().name(), options.category(), HexFormat.of().formatHex(salt));
    try {
      store.append(stream, ExpectedState.noStream(), CommitEvents.registered(registration));
    } catch (WrongExpectedStateException e) {
      throw new GitImportException(
          "Another import of %s began at the same moment; let it finish, then run this one again"
              .formatted(name),
          e);
    }
  }

  private void refuseSharedCategory(StreamName stream) {
    var list = ListOptions.all().withPrefix(REPOSITORY_CATEGORY + "-");
    for (var page = store.streams(list); !page.isEmpty(); page = store.streams(list)) {
      for (var other : page) {
        if (other.state() instanceof StreamState.Present && !other.name().equals(stream)) {
          for (var event : store.read(other.name(), ReadOptions.forwards().limit(1)).events()) {
            if (event.type().equals(CommitEvents.REPOSITORY_REGISTERED)
                && registration(event).category().equals(options.category())) {
              throw new GitImportException(
                  "The streams %s-… of this store hold the files of another repository (%s); choose other streams for this one with --category"
                      .formatted(options.category(), other.name()));
            }
          }
        }
      }
      list = list.after(page.getLast().name().value());
    }
  }

  private static Registration registration(RecordedEvent event) {
    if (!event.type().equals(CommitEvents.REPOSITORY_REGISTERED) || event.revision() != 0) {
      throw new GitImportException(
          "Stream %s begins with %s at revision %d, expected %s at 0: it is not the work of this import, or its metadata hides events. Import under another name (--name)"
              .formatted(
                  event.stream(),
                  event.type(),
                  event.revision(),
                  CommitEvents.REPOSITORY_REGISTERED));
    }
    try {
      return Registration.fromJson(event.data());
    } catch (IllegalArgumentException e) {
      throw unreadable(event, e);
    }
  }

  private static ObjectId commitOf(RecordedEvent event) {
    try {
      return ObjectId.fromString(JSON.readTree(event.data()).required("commit").asString());
    } catch (JacksonException | IllegalArgumentException e) {
      throw unreadable(event, e);
    }
  }

  private static GitImportException unreadable(RecordedEvent event, Exception e) {
    return new GitImportException(
        "Event %d of stream %s is not the work of this import: %s"
            .formatted(event.revision(), event.stream(), e.getMessage()),
        e);
  }

  private void check(Registration registration, StreamName stream, GitHistory history) {
    if (!history.has(ObjectId.fromString(registration.root()))) {
      throw new GitImportException(
          "Stream %s is of another repository: it began with commit %s, which %s does not have. Import under another name and category (--name, --category)"
              .formatted(stream, registration.root(), place));
    }
    if (!registration.category().equals(options.category())) {
      throw new GitImportException(
          "The files of %s are in the streams %s-…, not %s-…; go on with --category %s"
              .formatted(
                  stream, registration.category(), options.category(), registration.category()));
    }
  }

  // The work itself.

  private Outcome append(
      GitHistory history,
      StreamName stream,
      Before before,
      List<ObjectId> todo,
      int total,
      int elsewhere,
      Progress progress,
      BooleanSupplier stop) {
    var events = new CommitEvents(before.registration, stream);
    var revision = before.lastRevision;
    var done = 0;
    var repeated = 0;
    var written = 0L;
    var left = todo.iterator();
    var ahead = new ArrayDeque<Future<Prepared>>();
    try (var workers = Executors.newFixedThreadPool(options.threads(), threads)) {
      try {
        while (!stop.getAsBoolean()) {
          while (left.hasNext() && ahead.size() < options.threads() * AHEAD_PER_THREAD) {
            var commit = left.next();
            ahead.add(workers.submit(() -> events.of(history.changesOf(commit))));
          }
          var next = ahead.poll();
          if (next == null) {
            break;
          }
          var prepared = result(next);
          var result = append(prepared, revision);
          revision = result.streams().getFirst().lastRevision();
          if (result.idempotent()) {
            // Another import of the same history was faster, or an answer was lost.
            repeated++;
          } else {
            done++;
            written += prepared.events();
          }
          progress.imported(total - todo.size() + done + repeated, total, done, written);
        }
      } finally {
        ahead.forEach(future -> future.cancel(false));
      }
    }
    return new Outcome(
        stream,
        total,
        total - todo.size() + repeated,
        done,
        written,
        elsewhere,
        done + repeated < todo.size());
  }

  private AppendResult append(Prepared prepared, long revision) {
    try {
      return store.append(prepared.behind(revision));
    } catch (WrongExpectedStateException e) {
      throw new GitImportException(
          "%s: another import, of another branch of this repository, is at work. Let it finish, or stop it, then run this one again"
              .formatted(e.getMessage()),
          e);
    } catch (LimitExceededException e) {
      throw new GitImportException(
          "Git commit %s touches %d files, and its %d events must be appended as one: %s. It and what follows are not imported; a store that takes more in one append can go on from here"
              .formatted(prepared.commit(), prepared.files(), prepared.events(), e.getMessage()),
          e);
    }
  }

  private static Prepared result(Future<Prepared> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GitImportException("The import was interrupted between two commits", e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException failure -> throw failure;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private record Before(Registration registration, Set<ObjectId> commits, long lastRevision) {}

  /// Told how far an import is.
  @FunctionalInterface
  public interface Progress {
    /// After a commit was appended.
    ///
    /// @param commits how many of the history are in the store
    /// @param total how many the history has
    /// @param commitsNow how many this import added
    /// @param eventsNow how many events this import added
    void imported(long commits, long total, long commitsNow, long eventsNow);
  }

  /// What an import did.
  ///
  /// @param repositoryStream the stream with one event per git commit
  /// @param total how many commits the history has
  /// @param before how many of them were in the store before, or came there meanwhile
  /// @param commits how many were added
  /// @param events how many events were added for them
  /// @param elsewhere how many commits in the store are not in this history: of another branch, or
  ///   rewritten since
  /// @param stopped whether it was stopped before the end
  public record Outcome(
      StreamName repositoryStream,
      long total,
      long before,
      long commits,
      long events,
      long elsewhere,
      boolean stopped) {}
}
