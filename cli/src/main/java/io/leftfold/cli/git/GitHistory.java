// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import io.leftfold.cli.git.CommitChanges.Signature;
import io.leftfold.cli.git.FileChange.Lines;
import io.leftfold.cli.git.FileChange.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.jgit.diff.DiffConfig;
import org.eclipse.jgit.diff.DiffEntry;
import org.eclipse.jgit.diff.DiffEntry.ChangeType;
import org.eclipse.jgit.diff.RenameDetector;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AbbreviatedObjectId;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.EmptyTreeIterator;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.TreeFilter;
import org.jspecify.annotations.Nullable;

/// The commits of a git repository and what each did, as git itself would say: the same renames (as
/// `git log -M`, 50 % alike), the same lines (as `--numstat`), merges compared with their first
/// parent.
///
/// Nothing of the user's git configuration or of `.gitattributes` has a say, so that everyone gets
/// the same events. May be used by any number of threads.
final class GitHistory implements AutoCloseable {

  private static final int RENAME_SCORE = 50;
  private static final int RENAME_LIMIT = 1000;

  /// Larger files count as binary.
  private static final long TEXT_BYTES_MAX = 64L << 20;

  /// How far git looks for a zero byte, which makes a file binary.
  private static final int LOOK_FOR_ZERO_BYTES = 8000;

  private final Path place;
  private final Repository repository;

  private GitHistory(Path place, Repository repository) {
    this.place = place;
    this.repository = repository;
  }

  /// Opens a repository: its working tree, its `.git`, or a bare one.
  static GitHistory open(Path place) {
    NoUserConfiguration.install();
    if (!place.toFile().isDirectory()) {
      throw new GitImportException(
          "%s is no directory; name the directory of a git repository (of a remote one, make a copy first with \"git clone --mirror\")"
              .formatted(place));
    }
    try {
      var directory = place.toRealPath();
      var builder = new FileRepositoryBuilder();
      if (directory.getParent() != null) {
        builder.addCeilingDirectory(directory.getParent().toFile());
      }
      builder.findGitDir(directory.toFile());
      if (builder.getGitDir() == null) {
        throw new GitImportException(
            "%s is no git repository: there is neither a .git in it nor is it a bare one"
                .formatted(place));
      }
      var repository = builder.setMustExist(true).build();
      if (!repository.getObjectDatabase().getShallowCommits().isEmpty()) {
        repository.close();
        throw new GitImportException(
            "%s is a shallow clone: its oldest commits have no parents, and would seem to add every file. Run \"git fetch --unshallow\" in it first"
                .formatted(place));
      }
      return new GitHistory(directory, repository);
    } catch (IOException e) {
      throw new GitImportException("%s cannot be opened: %s".formatted(place, said(e)), e);
    }
  }

  /// The name of the directory, without what makes it a git directory.
  String name() {
    var name = place.getFileName() == null ? "" : place.getFileName().toString();
    if (name.equals(Constants.DOT_GIT) && place.getParent() != null) {
      name = String.valueOf(place.getParent().getFileName());
    }
    return name.endsWith(".git") && name.length() > 4 ? name.substring(0, name.length() - 4) : name;
  }

  /// Whether the repository has this commit.
  boolean has(AnyObjectId commit) {
    try {
      return repository.getObjectDatabase().has(commit);
    } catch (IOException e) {
      throw unreadable(commit, e);
    }
  }

  /// Every commit that a branch comes from and that branch itself, parents before their children;
  /// for the same branch always in the same order.
  List<ObjectId> commits(Optional<String> branch) {
    var name = branch.orElse(Constants.HEAD);
    try (var walk = new RevWalk(repository)) {
      var head = repository.resolve(name + "^{commit}");
      if (head == null) {
        throw new GitImportException(noSuchBranch(name));
      }
      walk.setRetainBody(false);
      walk.sort(RevSort.TOPO);
      walk.sort(RevSort.REVERSE, true);
      walk.markStart(walk.parseCommit(head));
      var commits = new ArrayList<ObjectId>();
      for (var commit : walk) {
        commits.add(commit.copy());
      }
      return commits;
    } catch (IOException | org.eclipse.jgit.errors.RevisionSyntaxException e) {
      throw new GitImportException(
          "The history of %s in %s cannot be read: %s".formatted(name, place, said(e)), e);
    }
  }

  private String noSuchBranch(String name) throws IOException {
    var branches =
        repository.getRefDatabase().getRefsByPrefix(Constants.R_HEADS).stream()
            .map(ref -> Repository.shortenRefName(ref.getName()))
            .collect(Collectors.joining(", "));
    if (branches.isEmpty()) {
      return "%s has no commits yet: there is nothing to import".formatted(place);
    }
    return "%s has no commit named \"%s\"; its branches are %s".formatted(place, name, branches);
  }

  /// What a commit did, compared with its first parent, or with nothing if it has none.
  CommitChanges changesOf(ObjectId id) {
    try (var reader = repository.newObjectReader();
        var walk = new RevWalk(reader);
        var trees = new TreeWalk(reader)) {
      var commit = walk.parseCommit(id);
      trees.setRecursive(true);
      if (commit.getParentCount() == 0) {
        trees.addTree(new EmptyTreeIterator());
      } else {
        trees.addTree(walk.parseCommit(commit.getParent(0)).getTree());
      }
      trees.addTree(commit.getTree());
      trees.setFilter(TreeFilter.ANY_DIFF);
      var renames = new RenameDetector(reader, new Config().get(DiffConfig.KEY));
      renames.setRenameScore(RENAME_SCORE);
      renames.setRenameLimit(RENAME_LIMIT);
      renames.addAll(DiffEntry.scan(trees));
      var entries = renames.compute();
      return new CommitChanges(
          id.name(),
          List.of(commit.getParents()).stream().map(AnyObjectId::name).toList(),
          commit.getTree().name(),
          signature(commit.getAuthorIdent(), commit),
          signature(commit.getCommitterIdent(), commit),
          commit.getShortMessage(),
          changes(reader, entries),
          renames.isOverRenameLimit());
    } catch (MissingObjectException e) {
      throw new GitImportException(
          "Commit %s in %s cannot be read: %s. If this is a partial clone, make a whole one; otherwise \"git fsck\" says more"
              .formatted(id.name(), place, said(e)),
          e);
    } catch (IOException e) {
      throw unreadable(id, e);
    }
  }

  /// A line that git wrote in another way than it should has no person or no time.
  private static Signature signature(@Nullable PersonIdent person, RevCommit commit) {
    return person == null
        ? new Signature("", Instant.ofEpochSecond(commit.getCommitTime()))
        : new Signature(person.getEmailAddress(), person.getWhenAsInstant());
  }

  private List<FileChange> changes(ObjectReader reader, List<DiffEntry> entries)
      throws IOException {
    var deletedFirst = new LinkedHashMap<String, DiffEntry>();
    for (var entry : entries) {
      if (entry.getChangeType() == ChangeType.DELETE) {
        deletedFirst.put(entry.getOldPath(), entry);
      }
    }
    var changes = new ArrayList<FileChange>();
    var rejoined = new HashMap<String, DiffEntry>();
    for (var entry : entries) {
      switch (entry.getChangeType()) {
        case ADD -> {
          // A file that became a link or the other way round comes as two halves.
          var before = deletedFirst.get(entry.getNewPath());
          if (before == null) {
            changes.add(added(reader, entry, Optional.empty()));
          } else {
            rejoined.put(entry.getNewPath(), entry);
            changes.add(changed(reader, before, entry));
          }
        }
        case COPY -> changes.add(added(reader, entry, Optional.of(entry.getOldPath())));
        case MODIFY -> changes.add(changed(reader, entry, entry));
        case RENAME ->
            changes.add(
                new FileChange.Renamed(
                    entry.getOldPath(),
                    entry.getNewPath(),
                    before(entry),
                    now(entry),
                    lines(reader, entry, entry),
                    entry.getScore()));
        case DELETE -> {}
      }
    }
    for (var entry : deletedFirst.values()) {
      if (!rejoined.containsKey(entry.getOldPath())) {
        changes.add(
            new FileChange.Deleted(
                entry.getOldPath(),
                before(entry),
                linesOf(text(reader, entry.getOldMode(), entry.getOldId()), false)));
      }
    }
    return List.copyOf(changes);
  }

  private FileChange added(ObjectReader reader, DiffEntry entry, Optional<String> copiedFrom)
      throws IOException {
    return new FileChange.Added(
        entry.getNewPath(),
        now(entry),
        linesOf(text(reader, entry.getNewMode(), entry.getNewId()), true),
        copiedFrom);
  }

  private FileChange changed(ObjectReader reader, DiffEntry before, DiffEntry now)
      throws IOException {
    return new FileChange.Changed(
        now.getNewPath(), before(before), now(now), lines(reader, before, now));
  }

  private Lines lines(ObjectReader reader, DiffEntry before, DiffEntry now) throws IOException {
    if (before.getOldId().equals(now.getNewId())) {
      var text = text(reader, now.getNewMode(), now.getNewId());
      return text == null ? Lines.BINARY : new Lines(0, 0, false);
    }
    var old = text(reader, before.getOldMode(), before.getOldId());
    var young = text(reader, now.getNewMode(), now.getNewId());
    if (old == null || young == null) {
      return Lines.BINARY;
    }
    return LineDiff.count(old, young);
  }

  private static Lines linesOf(byte @Nullable [] text, boolean added) {
    if (text == null) {
      return Lines.BINARY;
    }
    var lines = LineDiff.lines(text);
    return added ? new Lines(lines, 0, false) : new Lines(0, lines, false);
  }

  /// The content, or null if it is binary.
  private static byte @Nullable [] text(ObjectReader reader, FileMode mode, AbbreviatedObjectId id)
      throws IOException {
    if (mode.equals(FileMode.GITLINK)) {
      // What git compares for a submodule.
      return "Subproject commit %s\n".formatted(id.name()).getBytes(StandardCharsets.UTF_8);
    }
    var loader = reader.open(id.toObjectId(), Constants.OBJ_BLOB);
    if (loader.getSize() > TEXT_BYTES_MAX) {
      return null;
    }
    var bytes = loader.getCachedBytes(Math.toIntExact(TEXT_BYTES_MAX));
    for (var i = 0; i < Math.min(bytes.length, LOOK_FOR_ZERO_BYTES); i++) {
      if (bytes[i] == 0) {
        return null;
      }
    }
    return bytes;
  }

  private static Version before(DiffEntry entry) {
    return new Version(entry.getOldId().name(), octal(entry.getOldMode()));
  }

  private static Version now(DiffEntry entry) {
    return new Version(entry.getNewId().name(), octal(entry.getNewMode()));
  }

  private static String octal(FileMode mode) {
    return Integer.toOctalString(mode.getBits());
  }

  private GitImportException unreadable(AnyObjectId commit, Exception e) {
    return new GitImportException(
        "Commit %s in %s cannot be read: %s".formatted(commit.name(), place, said(e)), e);
  }

  private static String said(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() {
    repository.close();
  }
}
