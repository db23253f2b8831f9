// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.leftfold.api.AppendResult;
import io.leftfold.api.EventFilter;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ForwardingEventStore;
import io.leftfold.api.LimitExceededException;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.api.UnavailableException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.testkit.InMemoryEventStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitImportTest {

  private static final GitImport.Progress SILENT = (_, _, _, _) -> {};
  private static final BooleanSupplier NEVER = Boolean.FALSE::booleanValue;
  private static final String TEN_LINES = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

  @TempDir private Path directory;
  private SyntheticRepository repository;
  private final EventStore store = new InMemoryEventStore();

  @BeforeEach
  void createRepository() {
    repository = SyntheticRepository.in(directory.resolve("sample.git"));
  }

  @AfterEach
  void closeRepository() {
    repository.close();
  }

  @Test
  void every_git_commit_becomes_one_commit_of_the_store() {
    var first = repository.write("a", "one\n").write("b", "two\nlines\n").commit("Begin");
    var second = repository.write("a", "one\nmore\n").delete("b").commit("Go on\n\nAt length.");

    var outcome = importInto(store);

    assertThat(outcome.commits()).isEqualTo(2);
    assertThat(outcome.events()).isEqualTo(6);
    assertThat(Imported.types(store, "repository-sample"))
        .containsExactly("RepositoryRegistered", "CommitImported", "CommitImported");
    assertThat(Imported.types(store, "file-a")).containsExactly("FileAdded", "FileChanged");
    assertThat(Imported.types(store, "file-b")).containsExactly("FileAdded", "FileDeleted");
    var imported = Imported.data(Imported.stream(store, "repository-sample").getLast());
    assertThat(imported.get("commit").asString()).isEqualTo(second.name());
    assertThat(imported.get("parents").get(0).asString()).isEqualTo(first.name());
    assertThat(imported.get("subject").asString()).isEqualTo("Go on");
    assertThat(imported.get("files").asInt()).isEqualTo(2);
    assertThat(imported.get("linesAdded").asInt()).isEqualTo(1);
    assertThat(imported.get("linesRemoved").asInt()).isEqualTo(2);
    var times =
        store
            .readAll(ReadOptions.forwards().filteredBy(tagged("commit:" + second.name())))
            .events()
            .stream()
            .map(RecordedEvent::recorded)
            .distinct();
    assertThat(times).as("one commit of the store has one time").hasSize(1);
  }

  @Test
  void events_say_when_who_and_why_but_not_by_name() {
    var commit = repository.as("Ada@Example.org ").write("a", "x").commit("One");
    repository.as("ada@example.org").write("a", "y").commit("Two");
    repository.as("bob@example.org").write("a", "z").commit("Three");

    importInto(store);

    var events = Imported.stream(store, "file-a");
    var metadata = events.stream().map(Imported::metadata).toList();
    assertThat(metadata.getFirst().get("$correlationId").asString()).isEqualTo(commit.name());
    assertThat(metadata.getFirst().get("effective").asString())
        .isEqualTo(SyntheticRepository.BEGIN.toString());
    assertThat(metadata.getFirst().get("timelines").get("committed").asString())
        .isEqualTo(SyntheticRepository.BEGIN.plusSeconds(5).toString());
    var authors = metadata.stream().map(node -> node.get("author").asString()).toList();
    assertThat(authors.get(0)).matches("[0-9a-f]{32}").isEqualTo(authors.get(1));
    assertThat(authors.get(2)).isNotEqualTo(authors.get(0));
    assertThat(metadata.getFirst().get("committer").asString()).isNotEqualTo(authors.getFirst());
    assertThat(events.getFirst().tags())
        .containsExactly(Tag.of("commit", commit.name()), Tag.of("author", authors.getFirst()));
    for (var event : store.readAll(ReadOptions.forwards()).events()) {
      assertThat(event.dataAsText() + event.metadataAsText() + event.tags())
          .doesNotContainIgnoringCase("example.org")
          .doesNotContain("Someone");
    }
  }

  @Test
  void two_stores_name_the_same_person_differently() {
    repository.write("a", "x").commit("One");
    var other = new InMemoryEventStore();

    importInto(store, new Random(1));
    importInto(other, new Random(2));

    assertThat(author(other)).isNotEqualTo(author(store));
  }

  @Test
  void a_rename_can_be_followed_from_either_end() {
    repository.write("old", TEN_LINES).commit("Write");
    var commit = repository.rename("old", "new").write("new", TEN_LINES + "11\n").commit("Rename");

    importInto(store);

    assertThat(Imported.types(store, "file-old")).containsExactly("FileAdded", "FileRenamedAway");
    assertThat(Imported.types(store, "file-new")).containsExactly("FileRenamed");
    var away = Imported.data(Imported.stream(store, "file-old").getLast());
    assertThat(away.get("to").asString()).isEqualTo("new");
    var here = Imported.data(Imported.stream(store, "file-new").getFirst());
    assertThat(here.get("from").asString()).isEqualTo("old");
    assertThat(here.get("linesAdded").asInt()).isEqualTo(1);
    assertThat(here.get("linesRemoved").asInt()).isZero();
    assertThat(here.get("oldBlob").asString()).isEqualTo(away.get("oldBlob").asString());
    assertThat(
            store
                .readAll(ReadOptions.forwards().filteredBy(tagged("commit:" + commit.name())))
                .events())
        .extracting(RecordedEvent::type)
        .containsExactly("CommitImported", "FileRenamedAway", "FileRenamed");
  }

  @Test
  void a_path_that_is_left_and_taken_in_one_commit_ends_before_it_begins() {
    repository.write("a", TEN_LINES).commit("Write");
    repository.rename("a", "b").write("a/inside", "something else\n").commit("Make room");
    repository.delete("a/inside").write("a", "new\n").commit("And back");

    importInto(store);

    assertThat(Imported.types(store, "file-a"))
        .containsExactly("FileAdded", "FileRenamedAway", "FileAdded");
    assertThat(Imported.types(store, "file-b")).containsExactly("FileRenamed");
  }

  @Test
  void a_copy_is_an_addition() {
    repository.write("a", TEN_LINES).commit("Write");
    repository.write("b", TEN_LINES).commit("Copy");

    importInto(store);

    var added = Imported.data(Imported.stream(store, "file-b").getFirst());
    assertThat(Imported.types(store, "file-b")).containsExactly("FileAdded");
    assertThat(added.get("linesAdded").asInt()).isEqualTo(10);
  }

  @Test
  void a_file_renamed_to_two_places_is_renamed_once_and_copied_once() {
    repository.write("a", TEN_LINES).commit("Write");
    repository.rename("a", "b").write("c", TEN_LINES).commit("Split");

    importInto(store);

    assertThat(Imported.types(store, "file-a")).containsExactly("FileAdded", "FileRenamedAway");
    var types = List.of(Imported.types(store, "file-b"), Imported.types(store, "file-c"));
    assertThat(types).containsExactlyInAnyOrder(List.of("FileRenamed"), List.of("FileAdded"));
    var copy = types.get(0).contains("FileAdded") ? "file-b" : "file-c";
    var data = Imported.data(Imported.stream(store, copy).getFirst());
    assertThat(data.get("copiedFrom").asString()).isEqualTo("a");
    assertThat(data.get("linesAdded").asInt()).isEqualTo(10);
  }

  @Test
  void a_file_that_is_deleted_and_comes_back_goes_on_in_its_stream() {
    repository.write("a", "1\n").write("keep", "k\n").commit("Write");
    repository.delete("a").commit("Delete");
    repository.write("a", "2\n").commit("Write again");

    importInto(store);

    assertThat(Imported.types(store, "file-a"))
        .containsExactly("FileAdded", "FileDeleted", "FileAdded");
  }

  @Test
  void a_merge_is_compared_with_its_first_parent_and_says_so() {
    var base = repository.write("a", "1\n").commit("Base");
    repository.write("b", "branch\n");
    var branch = repository.commit("branch", "On the branch", base);
    repository.delete("b").write("c", "main\n");
    var main = repository.commit("main", "On main", base);
    repository.write("b", "branch\n");
    var merge = repository.commit("main", "Merge", main, branch);

    importInto(store);

    var b = Imported.stream(store, "file-b").stream().map(Imported::data).toList();
    assertThat(b).hasSize(2);
    assertThat(b.get(0).has("merge")).isFalse();
    assertThat(b.get(1).get("merge").asBoolean()).isTrue();
    var commits = Imported.stream(store, "repository-sample").stream().skip(1).toList();
    assertThat(commits).hasSize(4);
    var last = Imported.data(commits.getLast());
    assertThat(last.get("commit").asString()).isEqualTo(merge.name());
    assertThat(last.get("parents").valueStream().map(node -> node.asString()))
        .containsExactly(main.name(), branch.name());
  }

  @Test
  void binary_files_have_no_lines() {
    repository.write("b", new byte[] {1, 2, 0, 3, '\n'}, FileMode.REGULAR_FILE).commit("Binary");
    repository.write("b", "now text\n").commit("Text");

    importInto(store);

    for (var event : Imported.stream(store, "file-b")) {
      assertThat(Imported.data(event).get("binary").asBoolean()).isTrue();
      assertThat(Imported.data(event).has("linesAdded")).isFalse();
    }
  }

  @Test
  void links_executables_and_submodules_are_known_by_their_mode() {
    repository
        .write("link", "target".getBytes(StandardCharsets.UTF_8), FileMode.SYMLINK)
        .write("run", "#!/bin/sh\n")
        .submodule("sub", ObjectId.fromString("1".repeat(40)))
        .commit("All kinds");
    repository
        .write("link", "now a file\n")
        .write("run", "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8), FileMode.EXECUTABLE_FILE)
        .submodule("sub", ObjectId.fromString("2".repeat(40)))
        .commit("Change all kinds");

    importInto(store);

    assertThat(modes("file-link")).containsExactly("null 120000", "120000 100644");
    assertThat(modes("file-run")).containsExactly("null 100644", "100644 100755");
    assertThat(modes("file-sub")).containsExactly("null 160000", "160000 160000");
    var changed = Imported.data(Imported.stream(store, "file-run").getLast());
    assertThat(changed.get("linesAdded").asInt()).isZero();
  }

  @Test
  void a_commit_that_changes_nothing_is_imported_and_not_again() {
    repository.write("a", "1\n").commit("Something");
    repository.commit("Nothing");

    assertThat(importInto(store).commits()).isEqualTo(2);
    assertThat(importInto(store).commits()).isZero();
    assertThat(Imported.types(store, "repository-sample")).hasSize(3);
  }

  @Test
  void unusual_paths_are_stream_names_and_too_long_ones_end_in_their_hash() {
    var long1 = "d/".repeat(2100) + "ä1";
    var long2 = "d/".repeat(2100) + "ä2";
    for (var path :
        List.of("with space", "tab\there", "\"quoted\"", "日本語/ファイル", "-", "$all", long1, long2)) {
      repository.write(path, "x " + path + "\n");
    }
    repository.commit("Unusual");

    importInto(store);

    assertThat(Imported.types(store, "file-日本語/ファイル")).containsExactly("FileAdded");
    assertThat(Imported.types(store, "file-tab\there")).containsExactly("FileAdded");
    assertThat(Imported.types(store, "file--")).containsExactly("FileAdded");
    var streams = Set.of(FileStreamName.of("file", long1), FileStreamName.of("file", long2));
    assertThat(streams).hasSize(2);
    for (var path : List.of(long1, long2)) {
      var stream = FileStreamName.of("file", path);
      assertThat(stream.value()).matches("file-d/.*~[0-9a-f]{64}");
      assertThat(stream.value().getBytes(StandardCharsets.UTF_8).length)
          .isLessThanOrEqualTo(StreamName.BYTES_MAX);
      var event = store.read(stream, ReadOptions.forwards()).events().getFirst();
      assertThat(Imported.data(event).get("path").asString()).isEqualTo(path);
    }
  }

  @Test
  void a_long_path_is_cut_between_characters_wherever_the_cut_falls() {
    for (var shift = 0; shift < 5; shift++) {
      var path = "x".repeat(shift) + "🎈".repeat(1100);
      var name = FileStreamName.of("file", path).value();
      assertThat(name).matches("file-x{%d}(🎈)+~[0-9a-f]{64}".formatted(shift));
    }
  }

  @Test
  void a_second_import_adds_only_what_is_new() {
    repository.write("a", "1\n").commit("One");
    importInto(store);
    var before = store.lastPosition();

    assertThat(importInto(store).events()).isZero();
    assertThat(store.lastPosition()).isEqualTo(before);

    repository.write("a", "2\n").commit("Two");
    var outcome = importInto(store);
    assertThat(outcome.before()).isEqualTo(1);
    assertThat(outcome.commits()).isEqualTo(1);
    assertThat(Imported.types(store, "file-a")).containsExactly("FileAdded", "FileChanged");
  }

  @Test
  void an_import_stopped_anywhere_goes_on_and_ends_the_same() {
    manyCommits(20);
    var whole = new InMemoryEventStore();
    importInto(whole);

    for (var stop = 0; stop < 20; stop += 3) {
      var interrupted = new InMemoryEventStore();
      var allowed = new AtomicInteger(stop);
      var first = run(interrupted, new Random(7), SILENT, () -> allowed.getAndDecrement() == 0);
      assertThat(first.stopped()).isTrue();
      assertThat(first.commits()).isEqualTo(stop);
      var second = importInto(interrupted);
      assertThat(second.before()).isEqualTo(stop);
      assertThat(second.stopped()).isFalse();
      assertThat(ids(interrupted)).isEqualTo(ids(whole));
    }
  }

  @Test
  void an_import_that_lost_its_store_in_the_middle_goes_on_without_a_gap_or_a_double() {
    manyCommits(10);
    var appends = new AtomicInteger();
    var failing =
        new ForwardingEventStore(store) {
          @Override
          public AppendResult append(List<StreamAppend> commit) {
            var result = super.append(commit);
            if (appends.incrementAndGet() == 6) {
              throw new UnavailableException(
                  UnavailableException.Reason.UNREACHABLE, "The line was cut");
            }
            return result;
          }
        };

    assertThatThrownBy(() -> importInto(failing)).hasMessageContaining("The line was cut");
    importInto(store);

    var whole = new InMemoryEventStore();
    importInto(whole);
    assertThat(ids(store)).isEqualTo(ids(whole));
  }

  @Test
  void two_imports_of_one_history_at_once_are_as_one() {
    manyCommits(5);

    var outcome = run(store, new Random(3), interrupted(() -> importInto(store)), NEVER);

    assertThat(outcome.stopped()).isFalse();
    assertThat(outcome.before() + outcome.commits()).isEqualTo(outcome.total());
    var alone = new InMemoryEventStore();
    importInto(alone);
    assertThat(ids(store)).isEqualTo(ids(alone));
  }

  @Test
  void two_imports_of_different_branches_at_once_cannot_mix() {
    manyCommits(5);
    repository.write("more", "1\n").commit("side", "On the side");
    var side = GitImportOptions.defaults().withBranch("side");

    assertThatThrownBy(
            () -> run(store, new Random(3), interrupted(() -> importFrom(repository, side)), NEVER))
        .isInstanceOf(GitImportException.class)
        .hasMessageContaining("another import, of another branch of this repository, is at work")
        .hasCauseInstanceOf(WrongExpectedStateException.class);
    assertThat(ids(store)).hasSize(Set.copyOf(ids(store)).size());
    assertThat(importInto(store).stopped()).isFalse();
  }

  /// Lets something happen when two commits were imported.
  private static GitImport.Progress interrupted(Runnable interruption) {
    var told = new AtomicInteger();
    return (_, _, _, _) -> {
      if (told.incrementAndGet() == 2) {
        interruption.run();
      }
    };
  }

  @Test
  void a_commit_too_large_for_the_store_is_refused_whole_with_its_size() {
    var small = new InMemoryEventStore(Clock.systemUTC(), new Random(1), 10_000, 20_000);
    repository.write("a", "1\n").commit("Small");
    for (var i = 0; i < 100; i++) {
      repository.write("file" + i, "content " + i + "\n");
    }
    var large = repository.commit("Large");

    assertThatThrownBy(() -> importInto(small))
        .isInstanceOf(GitImportException.class)
        .hasCauseInstanceOf(LimitExceededException.class)
        .hasMessageContaining(large.name())
        .hasMessageContaining("touches 100 files")
        .hasMessageContaining("101 events")
        .hasMessageContaining("at most 20000");
    assertThat(Imported.types(small, "repository-sample")).hasSize(2);
    assertThat(Imported.types(small, "file-file1")).isEmpty();
  }

  @Test
  void another_branch_adds_its_own_commits_only() {
    var base = repository.write("a", "1\n").commit("Base");
    repository.write("b", "2\n").commit("main", "On main", base);
    repository.delete("b").write("c", "3\n").commit("side", "On the side", base);
    importInto(store);

    var outcome =
        new GitImport(
                store,
                repository.directory(),
                GitImportOptions.defaults().withBranch("side"),
                new Random(1),
                Thread::new)
            .run(SILENT, NEVER);

    assertThat(outcome.total()).isEqualTo(2);
    assertThat(outcome.before()).isEqualTo(1);
    assertThat(outcome.commits()).isEqualTo(1);
    assertThat(outcome.elsewhere()).isEqualTo(1);
  }

  @Test
  void a_second_repository_needs_streams_of_its_own() throws Exception {
    repository.write("a", "1\n").commit("One");
    importInto(store);
    try (var other = SyntheticRepository.in(directory.resolve("other.git"))) {
      other.write("a", "2\n").commit("Two");
      var options = GitImportOptions.defaults();

      assertThatThrownBy(() -> importFrom(other, options))
          .isInstanceOf(GitImportException.class)
          .hasMessageContaining("repository-sample")
          .hasMessageContaining("--category");
      assertThatThrownBy(() -> importFrom(other, options.withName("sample")))
          .isInstanceOf(GitImportException.class)
          .hasMessageContaining("is of another repository");

      importFrom(other, options.withCategory("other"));
      assertThat(Imported.types(store, "other-a")).containsExactly("FileAdded");
      assertThat(Imported.types(store, "file-a")).containsExactly("FileAdded");
    }
  }

  @Test
  void what_cannot_be_imported_is_refused_with_a_reason() throws Exception {
    var empty = Files.createDirectory(directory.resolve("empty"));
    assertThatThrownBy(() -> importFrom(empty))
        .hasMessageContaining("is no git repository")
        .isInstanceOf(GitImportException.class);
    assertThatThrownBy(() -> importFrom(directory.resolve("absent")))
        .hasMessageContaining("is no directory");
    assertThatThrownBy(() -> importFrom(repository.directory()))
        .hasMessageContaining("has no commits yet");
    repository.write("a", "1\n").commit("One");
    assertThatThrownBy(
            () -> importFrom(repository, GitImportOptions.defaults().withBranch("absent")))
        .hasMessageContaining("no commit named \"absent\"; its branches are main");
    store.append(
        StreamName.of("repository-sample"),
        ExpectedState.noStream(),
        ProposedEvent.json("Mine", "{}"));
    assertThatThrownBy(() -> importFrom(repository.directory()))
        .hasMessageContaining("begins with Mine at revision 0");
  }

  @Test
  void a_shallow_clone_is_refused() throws Exception {
    GitItself.assumeInstalled();
    manyCommits(3);
    var clone = directory.resolve("clone");
    GitItself.run(
        directory,
        List.of(
            "clone",
            "-q",
            "--depth",
            "1",
            repository.directory().toUri().toString(),
            clone.toString()));

    assertThatThrownBy(() -> importFrom(clone))
        .isInstanceOf(GitImportException.class)
        .hasMessageContaining("shallow clone");
  }

  @Test
  void the_fold_of_all_file_streams_is_the_tree_of_the_last_commit() {
    GitItself.assumeInstalled();
    manyCommits(40);

    importInto(store);

    var blobs = new HashMap<String, String>();
    for (var event : store.readAll(ReadOptions.forwards()).events()) {
      var data = Imported.data(event);
      switch (event.type()) {
        case "FileAdded", "FileChanged", "FileRenamed" ->
            blobs.put(
                data.get("path").asString(),
                data.get("mode").asString() + " blob " + data.get("blob").asString());
        case "FileDeleted" -> blobs.remove(data.get("path").asString());
        case "FileRenamedAway" -> blobs.remove(data.get("from").asString());
        default -> {}
      }
    }
    var tree = new HashMap<String, String>();
    for (var line :
        GitItself.run(repository.directory(), List.of("ls-tree", "-r", "main")).lines().toList()) {
      var parts = line.split("\t", 2);
      tree.put(parts[1], parts[0]);
    }
    assertThat(blobs).isEqualTo(tree).isNotEmpty();
  }

  @Test
  void ids_are_the_same_for_ever() {
    assertThat(Hashes.uuid("root", "name", "commit", "FileAdded", "path"))
        .isEqualTo(UUID.fromString("116cc3d2-b10c-8c0e-89ff-2bbb33edf9f4"));
  }

  private void manyCommits(int count) {
    var random = new Random(42);
    for (var i = 0; i < count; i++) {
      repository.write("file" + random.nextInt(5), "content " + i + "\n".repeat(i));
      if (i % 4 == 3) {
        repository.write("moved" + (i - 4), TEN_LINES.repeat(3) + i).commit("Make " + i);
        repository.rename("moved" + (i - 4), "moved" + i);
      }
      repository.commit("Commit " + i);
    }
  }

  private String author(EventStore from) {
    return Imported.metadata(Imported.stream(from, "file-a").getFirst()).get("author").asString();
  }

  private static EventFilter tagged(String tag) {
    return new EventFilter.Tagged(Set.of(Tag.of(tag)));
  }

  private List<String> modes(String stream) {
    return Imported.stream(store, stream).stream()
        .map(Imported::data)
        .map(data ->
            (data.has("oldMode") ? data.get("oldMode").asString() : "null")
                + " "
                + data.get("mode").asString())
        .toList();
  }

  private static List<UUID> ids(EventStore from) {
    return from.readAll(ReadOptions.forwards()).events().stream()
        .filter(event -> !event.stream().isSystem())
        .map(RecordedEvent::id)
        .toList();
  }

  private GitImport.Outcome importInto(EventStore into) {
    return importInto(into, new Random(11));
  }

  private GitImport.Outcome importInto(EventStore into, Random random) {
    return run(into, random, SILENT, NEVER);
  }

  private GitImport.Outcome run(
      EventStore into, Random random, GitImport.Progress progress, BooleanSupplier stop) {
    return new GitImport(
            into, repository.directory(), GitImportOptions.defaults(), random, Thread::new)
        .run(progress, stop);
  }

  private void importFrom(Path place) {
    new GitImport(store, place, GitImportOptions.defaults(), new Random(5), Thread::new)
        .run(SILENT, NEVER);
  }

  private void importFrom(SyntheticRepository from, GitImportOptions options) {
    new GitImport(store, from.directory(), options, new Random(5), Thread::new).run(SILENT, NEVER);
  }
}
