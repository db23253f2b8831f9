// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.cli.git.FileChange.Lines;
import io.leftfold.cli.git.FileChange.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Words a git commit as events: one in the stream of the repository, one or more in the stream of
/// each file it touched, to be appended together.
///
/// The ids of the events come from what they record, so that the same commit of the same repository
/// gives the same events wherever and whenever it is imported.
final class CommitEvents {

  static final String REPOSITORY_REGISTERED = "RepositoryRegistered";
  static final String COMMIT_IMPORTED = "CommitImported";
  static final String FILE_ADDED = "FileAdded";
  static final String FILE_CHANGED = "FileChanged";
  static final String FILE_RENAMED = "FileRenamed";
  static final String FILE_RENAMED_AWAY = "FileRenamedAway";
  static final String FILE_DELETED = "FileDeleted";

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final byte[] NOTHING = {};

  private final Registration registration;
  private final StreamName repositoryStream;
  private final Pseudonyms pseudonyms;

  CommitEvents(Registration registration, StreamName repositoryStream) {
    this.registration = registration;
    this.repositoryStream = repositoryStream;
    this.pseudonyms = Pseudonyms.withKey(registration.salt());
  }

  /// The first event of a repository.
  static ProposedEvent registered(Registration registration) {
    return new ProposedEvent(
        Hashes.uuid(registration.root(), registration.name(), REPOSITORY_REGISTERED),
        REPOSITORY_REGISTERED,
        ContentType.JSON,
        registration.toJson(),
        NOTHING,
        List.of());
  }

  /// All that a commit is in the store.
  Prepared of(CommitChanges commit) {
    var common = new Common(commit);
    var perStream = new LinkedHashMap<StreamName, List<ProposedEvent>>();
    for (var change : commit.files()) {
      leaving(common, change, perStream);
    }
    for (var change : commit.files()) {
      arriving(common, change, perStream);
    }
    return new Prepared(
        commit.commit(), commit.files().size(), imported(common, commit), perStream);
  }

  private ProposedEvent imported(Common common, CommitChanges commit) {
    var data = JSON.createObjectNode();
    data.put("commit", commit.commit());
    var parents = data.putArray("parents");
    commit.parents().forEach(parents::add);
    data.put("tree", commit.tree());
    data.put("subject", commit.subject());
    data.put("files", commit.files().size());
    data.put("linesAdded", commit.files().stream().mapToLong(f -> f.lines().added()).sum());
    data.put("linesRemoved", commit.files().stream().mapToLong(f -> f.lines().removed()).sum());
    if (commit.renamesLimited()) {
      data.put("renamesLimited", true);
    }
    return common.event(COMMIT_IMPORTED, "", data);
  }

  /// What ends the history of a path comes before what begins one.
  private void leaving(
      Common common, FileChange change, Map<StreamName, List<ProposedEvent>> perStream) {
    switch (change) {
      case FileChange.Deleted(var path, var before, var lines) -> {
        var data = common.data("path", path);
        version(data, "oldBlob", "oldMode", before);
        lines(data, lines);
        add(perStream, path, common.event(FILE_DELETED, path, data));
      }
      case FileChange.Renamed(var from, var to, var before, _, _, _) -> {
        var data = common.data("from", from);
        data.put("to", to);
        version(data, "oldBlob", "oldMode", before);
        add(perStream, from, common.event(FILE_RENAMED_AWAY, from, data));
      }
      case FileChange.Added _, FileChange.Changed _ -> {}
    }
  }

  private void arriving(
      Common common, FileChange change, Map<StreamName, List<ProposedEvent>> perStream) {
    switch (change) {
      case FileChange.Added(var path, var now, var lines, var copiedFrom) -> {
        var data = common.data("path", path);
        version(data, "blob", "mode", now);
        lines(data, lines);
        copiedFrom.ifPresent(from -> data.put("copiedFrom", from));
        add(perStream, path, common.event(FILE_ADDED, path, data));
      }
      case FileChange.Changed(var path, var before, var now, var lines) -> {
        var data = common.data("path", path);
        version(data, "blob", "mode", now);
        version(data, "oldBlob", "oldMode", before);
        lines(data, lines);
        add(perStream, path, common.event(FILE_CHANGED, path, data));
      }
      case FileChange.Renamed(var from, var to, var before, var now, var lines, var similarity) -> {
        var data = common.data("path", to);
        data.put("from", from);
        data.put("to", to);
        data.put("similarity", similarity);
        version(data, "blob", "mode", now);
        version(data, "oldBlob", "oldMode", before);
        lines(data, lines);
        add(perStream, to, common.event(FILE_RENAMED, to, data));
      }
      case FileChange.Deleted _ -> {}
    }
  }

  private void add(
      Map<StreamName, List<ProposedEvent>> perStream, String path, ProposedEvent event) {
    perStream
        .computeIfAbsent(FileStreamName.of(registration.category(), path), _ -> new ArrayList<>())
        .add(event);
  }

  private static void version(ObjectNode data, String blob, String mode, Version version) {
    data.put(blob, version.blob());
    data.put(mode, version.mode());
  }

  private static void lines(ObjectNode data, Lines lines) {
    if (lines.binary()) {
      data.put("binary", true);
    } else {
      data.put("linesAdded", lines.added());
      data.put("linesRemoved", lines.removed());
    }
  }

  /// What all events of a commit share.
  private final class Common {
    private final String commit;
    private final boolean merge;
    private final byte[] metadata;
    private final List<Tag> tags;

    Common(CommitChanges changes) {
      commit = changes.commit();
      merge = changes.parents().size() > 1;
      var author = pseudonyms.of(changes.author().email());
      var node = JSON.createObjectNode();
      node.put("$correlationId", commit);
      node.put("effective", changes.author().at().toString());
      node.putObject("timelines").put("committed", changes.committer().at().toString());
      node.put("author", author);
      node.put("committer", pseudonyms.of(changes.committer().email()));
      metadata = JSON.writeValueAsBytes(node);
      tags = List.of(Tag.of("commit", commit), Tag.of("author", author));
    }

    ObjectNode data(String name, String path) {
      return JSON.createObjectNode().put(name, path);
    }

    ProposedEvent event(String type, String path, ObjectNode data) {
      if (merge) {
        data.put("merge", true);
      }
      return new ProposedEvent(
          Hashes.uuid(registration.root(), registration.name(), commit, type, path),
          type,
          ContentType.JSON,
          JSON.writeValueAsBytes(data),
          metadata,
          tags);
    }
  }

  /// The events of a commit, ready but for the place in the repository's stream.
  final class Prepared {
    private final String commit;
    private final int files;
    private final ProposedEvent imported;
    private final SequencedMap<StreamName, List<ProposedEvent>> perStream;

    private Prepared(
        String commit,
        int files,
        ProposedEvent imported,
        SequencedMap<StreamName, List<ProposedEvent>> perStream) {
      this.commit = commit;
      this.files = files;
      this.imported = imported;
      this.perStream = perStream;
    }

    String commit() {
      return commit;
    }

    int files() {
      return files;
    }

    /// @param revision the last of the repository's stream, which keeps two imports apart
    List<StreamAppend> behind(long revision) {
      var appends = new ArrayList<StreamAppend>(perStream.size() + 1);
      appends.add(StreamAppend.of(repositoryStream, ExpectedState.atRevision(revision), imported));
      perStream.forEach(
          (stream, events) -> appends.add(new StreamAppend(stream, ExpectedState.any(), events)));
      return appends;
    }

    int events() {
      return 1 + perStream.values().stream().mapToInt(List::size).sum();
    }
  }
}
