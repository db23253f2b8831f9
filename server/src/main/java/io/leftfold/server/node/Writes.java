// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.node;

import io.leftfold.api.AppendResult;
import io.leftfold.api.Commit;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.engine.AppendCompletion;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.access.Access;
import io.leftfold.server.access.Audit;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.Right;
import io.leftfold.server.access.UserAccess;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// What one caller writes: asked for the right to it, in its turn, recorded if it changes rights,
/// measured.
final class Writes {

  private static final long BYTES_OF_DELETION = 256;

  private final LocalEventStore store;
  private final Optional<UserAccess> users;
  private final Access access;
  private final Measures measures;
  private final Caller caller;
  private final String from;
  private final Turns turns;
  private final Optional<Turns.Origin> origin;

  Writes(
      LocalEventStore store,
      Optional<UserAccess> users,
      Access access,
      Measures measures,
      Caller caller,
      String from,
      Turns turns,
      Optional<Turns.Origin> origin) {
    this.store = store;
    this.users = users;
    this.access = access;
    this.measures = measures;
    this.caller = caller;
    this.from = from;
    this.turns = turns;
    this.origin = origin;
  }

  private void require(Acl.Action action, StreamName stream) {
    access.require(caller, Right.OnStream.to(action, stream));
  }

  void append(Commit commit, Completion completion) {
    inTurn(
        Operation.APPEND,
        commit.parts().isEmpty() ? "no stream" : commit.parts().getFirst().stream().value(),
        completion,
        () -> {
          requireAppend(commit);
          var checked = store.check(commit);
          return new Ready(checked.bytes(), next -> store.append(checked, next));
        },
        () -> changesOfRights(commit));
  }

  private void requireAppend(Commit commit) {
    // Alone, a part without events makes a deleted stream visible again; beside others it checks.
    var checks = commit.parts().size() > 1;
    for (var part : commit.parts()) {
      require(
          checks && part.events().isEmpty() ? Acl.Action.READ : Acl.Action.WRITE, part.stream());
    }
    if (!commit.conditions().isEmpty() || commit.tracking().isPresent()) {
      require(Acl.Action.READ, Session.BOUNDARIES);
    }
  }

  void delete(StreamName stream, ExpectedState expected, Completion completion) {
    inTurn(
        Operation.DELETE,
        stream.value(),
        completion,
        () -> {
          require(Acl.Action.DELETE, stream);
          return new Ready(BYTES_OF_DELETION, next -> store.delete(stream, expected, next));
        },
        () -> deletesRights(stream));
  }

  void tombstone(StreamName stream, ExpectedState expected, Completion completion) {
    inTurn(
        Operation.TOMBSTONE,
        stream.value(),
        completion,
        () -> {
          require(Acl.Action.DELETE, stream);
          return new Ready(BYTES_OF_DELETION, next -> store.tombstone(stream, expected, next));
        },
        () -> deletesRights(stream));
  }

  /// A write that may be done.
  ///
  /// @param bytes what it takes
  /// @param write does it
  private record Ready(long bytes, AuditedWrite.Write write) {}

  /// Writes in its turn, if it may be done at all.
  ///
  /// @param check throws if not
  /// @param changesOfRights what it changes of who may do what; recorded, also if it is denied
  private void inTurn(
      Operation operation,
      String subject,
      Completion completion,
      Supplier<Ready> check,
      Supplier<List<Audit.Entry>> changesOfRights) {
    var waiting = new Waiting(completion, measures, operation, subject, measures.now());
    try {
      var ready = checked(check, changesOfRights, waiting);
      if (origin.isPresent()) {
        var turn = new InTurn(waiting, turns, ready.bytes);
        turns.begin(origin.get(), ready.bytes, () -> begin(turn, changesOfRights, ready.write));
      } else {
        begin(changesOfRights, waiting, ready.write);
      }
    } catch (LeftfoldException refused) {
      waiting.refused(refused);
    }
  }

  private Ready checked(
      Supplier<Ready> check,
      Supplier<List<Audit.Entry>> changesOfRights,
      AppendCompletion waiting) {
    try {
      return check.get();
    } catch (NotAuthorizedException denied) {
      var entries = changesOfRights.get();
      if (!entries.isEmpty() && users.orElseThrow().audit().takesDenialOf(caller)) {
        audited(entries, waiting).denied();
      }
      throw denied;
    }
  }

  private void begin(
      InTurn turn, Supplier<List<Audit.Entry>> changesOfRights, AuditedWrite.Write write) {
    try {
      begin(changesOfRights, turn, write);
    } catch (LeftfoldException refused) {
      turn.refused(refused);
    } catch (RuntimeException | Error misuse) {
      turn.end();
      throw misuse;
    }
  }

  private void begin(
      Supplier<List<Audit.Entry>> changesOfRights,
      AppendCompletion waiting,
      AuditedWrite.Write write) {
    var entries = changesOfRights.get();
    if (entries.isEmpty()) {
      write.begin(waiting);
    } else {
      audited(entries, waiting).begin(write);
    }
  }

  private AuditedWrite audited(List<Audit.Entry> entries, AppendCompletion waiting) {
    return new AuditedWrite(store, users.orElseThrow().audit(), entries, waiting);
  }

  private List<Audit.Entry> changesOfRights(Commit commit) {
    if (users.isEmpty()) {
      return List.of();
    }
    var audit = users.get().audit();
    return commit.parts().stream()
        .flatMap(part -> audit.changeOfRights(caller, from, part.stream(), part.events()).stream())
        .toList();
  }

  private List<Audit.Entry> deletesRights(StreamName stream) {
    return users.flatMap(known -> known.audit().endOfRights(caller, from, stream)).stream()
        .toList();
  }

  /// Waits until it is durable.
  AppendResult writeMetadata(
      Auditing auditing, StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    return auditing.doing(
        () -> require(Acl.Action.WRITE_METADATA, stream),
        () -> users.flatMap(known -> known.audit().changeOfRights(caller, from, stream, metadata)),
        () -> writeMeasured(stream, expected, metadata));
  }

  private AppendResult writeMeasured(
      StreamName stream, ExpectedState expected, StreamMetadata metadata) {
    var begun = measures.now();
    try {
      var result = store.writeMetadata(stream, expected, metadata);
      measures.waited(Operation.WRITE_METADATA, stream.value(), begun, null);
      return result;
    } catch (LeftfoldException refused) {
      measures.waited(Operation.WRITE_METADATA, stream.value(), begun, refused);
      throw refused;
    }
  }

  /// Passes on what the engine tells, and measures how long that took.
  private record Waiting(
      Completion completion, Measures measures, Operation operation, String subject, long begun)
      implements AppendCompletion {
    @Override
    public void completed(AppendResult result) {
      measures.answered(operation, subject, begun, null);
      completion.completed(result);
    }

    @Override
    public void failed(LeftfoldException reason) {
      measures.answered(operation, subject, begun, reason);
      completion.failed(reason);
    }

    /// The engine was not even asked, or did not take it.
    void refused(LeftfoldException reason) {
      measures.refused(operation, reason);
      completion.failed(reason);
    }
  }

  /// Passes on what the engine tells, and lets the next one have its turn.
  private record InTurn(Waiting waiting, Turns turns, long bytes) implements AppendCompletion {
    @Override
    public void completed(AppendResult result) {
      try {
        waiting.completed(result);
      } finally {
        end();
      }
    }

    @Override
    public void failed(LeftfoldException reason) {
      try {
        waiting.failed(reason);
      } finally {
        end();
      }
    }

    /// It was not taken by the engine.
    void refused(LeftfoldException reason) {
      end();
      waiting.refused(reason);
    }

    void end() {
      turns.answered(bytes);
    }
  }
}
