// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.TreeMap;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;

/// A bare git repository made for a test: a tree is changed in memory and committed, with time
/// going on by a minute a commit.
public final class SyntheticRepository implements AutoCloseable {

  static final Instant BEGIN = Instant.parse("2020-02-20T20:20:20Z");

  private final Path directory;
  private final FileRepository repository;
  private final TreeMap<String, Entry> tree = new TreeMap<>();
  private Instant now = BEGIN;
  private String author = "ada@example.org";

  private SyntheticRepository(Path directory, FileRepository repository) {
    this.directory = directory;
    this.repository = repository;
  }

  public static SyntheticRepository in(Path directory) {
    try {
      var repository = new FileRepository(directory.toFile());
      repository.create(true);
      return new SyntheticRepository(directory, repository);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path directory() {
    return directory;
  }

  SyntheticRepository as(String author) {
    this.author = author;
    return this;
  }

  public SyntheticRepository write(String path, String text) {
    return write(path, text.getBytes(StandardCharsets.UTF_8), FileMode.REGULAR_FILE);
  }

  SyntheticRepository write(String path, byte[] content, FileMode mode) {
    try (var inserter = repository.newObjectInserter()) {
      tree.put(path, new Entry(inserter.insert(Constants.OBJ_BLOB, content), mode));
      inserter.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  SyntheticRepository submodule(String path, ObjectId commit) {
    tree.put(path, new Entry(commit, FileMode.GITLINK));
    return this;
  }

  SyntheticRepository delete(String path) {
    if (tree.remove(path) == null) {
      throw new IllegalArgumentException("There is no file " + path);
    }
    return this;
  }

  SyntheticRepository rename(String from, String to) {
    var entry = tree.get(from);
    if (entry == null) {
      throw new IllegalArgumentException("There is no file " + from);
    }
    tree.remove(from);
    tree.put(to, entry);
    return this;
  }

  /// Commits the tree to `main`.
  public ObjectId commit(String message) {
    try {
      var head = repository.resolve("refs/heads/main");
      return head == null ? commit("main", message) : commit("main", message, head);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Commits the tree as it is now, behind these parents, and points a branch at it.
  ObjectId commit(String branch, String message, ObjectId... parents) {
    try (var inserter = repository.newObjectInserter()) {
      var index = DirCache.newInCore();
      var builder = index.builder();
      tree.forEach((path, entry) -> {
        var file = new DirCacheEntry(path);
        file.setFileMode(entry.mode);
        file.setObjectId(entry.id);
        builder.add(file);
      });
      builder.finish();
      var commit = new CommitBuilder();
      commit.setTreeId(index.writeTree(inserter));
      commit.setParentIds(Arrays.asList(parents));
      commit.setAuthor(new PersonIdent("Someone", author, now, ZoneOffset.ofHours(2)));
      commit.setCommitter(
          new PersonIdent("Bot", "bot@example.org", now.plusSeconds(5), ZoneOffset.UTC));
      commit.setMessage(message);
      var id = inserter.insert(commit);
      inserter.flush();
      var update = repository.updateRef("refs/heads/" + branch);
      update.setNewObjectId(id);
      update.forceUpdate();
      if (branch.equals("main")) {
        repository.updateRef(Constants.HEAD).link("refs/heads/main");
      }
      now = now.plusSeconds(60);
      return id;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    repository.close();
  }

  private record Entry(ObjectId id, FileMode mode) {}
}
