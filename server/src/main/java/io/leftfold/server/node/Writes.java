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

/// What one caller writes: asked for the right to it, recorded if it changes rights, measured.
final class Writes {

  private final LocalEventStore store;
  private final Optional<UserAccess> users;
  private final Access access;
  private final Measures measures;
  private final Caller caller;
  private final String from;

  Writes(
      LocalEventStore store,
      Optional<UserAccess> users,
      Access access,
      Measures measures,
      Caller caller,
      String from) {
    this.store = store;
    this.users = users;
    this.access = access;
    this.measures = measures;
    this.caller = caller;
    this.from = from;
  }

  private void require(Acl.Action action, StreamName stream) {
    access.require(caller, Right.OnStream.to(action, stream));
  }

  void append(Commit commit, Completion completion) {
    telling(
        Operation.APPEND,
        commit.parts().isEmpty() ? "no stream" : commit.parts().getFirst().stream().value(),
        completion,
        waiting ->
            write(
                () -> requireAppend(commit),
                () -> changesOfRights(commit),
                waiting,
                next -> store.append(commit, next)));
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
    telling(
        Operation.DELETE,
        stream.value(),
        completion,
        waiting ->
            write(
                () -> require(Acl.Action.DELETE, stream),
                () -> deletesRights(stream),
                waiting,
                next -> store.delete(stream, expected, next)));
  }

  void tombstone(StreamName stream, ExpectedState expected, Completion completion) {
    telling(
        Operation.TOMBSTONE,
        stream.value(),
        completion,
        waiting ->
            write(
                () -> require(Acl.Action.DELETE, stream),
                () -> deletesRights(stream),
                waiting,
                next -> store.tombstone(stream, expected, next)));
  }

  /// Writes if the caller may. What changes who may do what is recorded, what was denied of it too.
  private void write(
      Runnable require,
      Supplier<List<Audit.Entry>> changesOfRights,
      AppendCompletion waiting,
      AuditedWrite.Write write) {
    try {
      require.run();
    } catch (NotAuthorizedException denied) {
      var entries = changesOfRights.get();
      if (!entries.isEmpty() && users.orElseThrow().audit().takesDenialOf(caller)) {
        audited(entries, waiting).denied();
      }
      throw denied;
    }
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

  private void telling(
      Operation operation, String subject, Completion completion, AuditedWrite.Write write) {
    try {
      write.begin(new Waiting(completion, measures, operation, subject, measures.now()));
    } catch (LeftfoldException refused) {
      measures.refused(operation, refused);
      completion.failed(refused);
    }
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
  }
}
