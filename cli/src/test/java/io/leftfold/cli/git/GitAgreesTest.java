// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.leftfold.testkit.InMemoryEventStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What was imported, checked against what git itself says of the same history.
class GitAgreesTest {

  private static final Pattern LINES = Pattern.compile(" \\+\\S+ -\\S+ ");
  private static final Pattern COUNTED = Pattern.compile("(.* )\\+(\\d+) -(\\d+)( .*)");

  @TempDir private Path directory;

  @BeforeAll
  static void gitIsThere() {
    GitItself.assumeInstalled();
  }

  @Test
  void of_the_history_of_leftfold_itself() {
    var own = findRepository();
    assumeTrue(own != null, "These sources are not in a git repository, so there is no history");
    assumeFalse(
        GitItself.run(own, List.of("rev-parse", "--is-shallow-repository")).strip().equals("true"),
        "These sources are in a shallow clone, which has not its whole history");
    var clone = directory.resolve("leftfold.git");
    GitItself.run(directory, List.of("clone", "-q", "--bare", own.toString(), clone.toString()));

    var store = imported(clone, new InMemoryEventStore());

    // Which files, which blobs, which modes: exactly what git says, whatever it takes for a rename.
    var withoutRenames = GitItself.log(clone, "HEAD", "--no-renames");
    var ours = Imported.log(store, false);
    assertThat(ours.keySet()).hasSameElementsAs(withoutRenames.keySet());
    assertEachComesAfterItsParents(clone, List.copyOf(ours.keySet()));
    assertThat(withoutLines(ours)).isEqualTo(withoutLines(withoutRenames));

    // Lines: git's own minimal difference, which now and then is not the least there is; ours is. A
    // file of which git and we disagree that it was renamed is another comparison and does not
    // count. Both must stay rare.
    var git = GitItself.log(clone, "HEAD", "-M50%", "-l1000", "--minimal");
    var renamesOnly = new ArrayList<String>();
    var shorter = new ArrayList<String>();
    Imported.log(store)
        .forEach((commit, files) -> {
          var said = git.getOrDefault(commit, List.of());
          var theirs = new ArrayList<>(said);
          var mine = new ArrayList<>(files);
          theirs.removeAll(files);
          mine.removeAll(said);
          theirs.removeIf(file -> isHalfOfRename(file, mine));
          mine.removeIf(file -> file.startsWith("R"));
          renamesOnly.addAll(theirs.stream().filter(file -> file.startsWith("R")).toList());
          theirs.removeIf(file -> file.startsWith("R"));
          mine.removeIf(file -> isHalfOfRename(file, said));
          for (var file : List.copyOf(mine)) {
            if (theirs.removeIf(other -> isTheSameInFewerLines(file, other))) {
              mine.remove(file);
              shorter.add(file);
            }
          }
          assertThat(mine).as("commit %s", commit).isEmpty();
          assertThat(theirs).as("commit %s", commit).isEmpty();
        });
    var renames =
        git.values().stream().flatMap(List::stream).filter(f -> f.startsWith("R")).count();
    assertThat((long) renamesOnly.size()).isLessThanOrEqualTo(Math.max(2, renames / 10));
    var files = git.values().stream().mapToLong(List::size).sum();
    assertThat((long) shorter.size()).isLessThanOrEqualTo(Math.max(2, files / 100));
  }

  /// Where branches lie beside each other there is more than one such order.
  private static void assertEachComesAfterItsParents(Path clone, List<String> commits) {
    var places = new HashMap<String, Integer>();
    for (var commit : commits) {
      places.put(commit, places.size());
    }
    GitItself.run(clone, List.of("rev-list", "--parents", "HEAD"))
        .lines()
        .map(line -> List.of(line.split(" ")))
        .forEach(family -> {
          for (var parent : family.subList(1, family.size())) {
            assertThat(places.get(parent))
                .as("parent %s of %s", parent, family.getFirst())
                .isLessThan(places.get(family.getFirst()));
          }
        });
  }

  /// Whether both say the same of a file, but for a number of lines that one adds and removes in
  /// vain.
  private static boolean isTheSameInFewerLines(String shorter, String longer) {
    var few = COUNTED.matcher(shorter);
    var many = COUNTED.matcher(longer);
    if (!few.matches() || !many.matches()) {
      return false;
    }
    var inVain = Integer.parseInt(many.group(2)) - Integer.parseInt(few.group(2));
    return inVain > 0
        && inVain == Integer.parseInt(many.group(3)) - Integer.parseInt(few.group(3))
        && few.group(1).equals(many.group(1))
        && few.group(4).equals(many.group(4));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void of_a_history_made_at_random(long seed) {
    try (var repository = SyntheticRepository.in(directory.resolve("random.git"))) {
      makeHistory(repository, new Random(seed));

      var store = imported(repository.directory(), new InMemoryEventStore());

      var git = GitItself.log(repository.directory(), "main", "-M50%", "-l1000", "--minimal");
      assertThat(sorted(Imported.log(store))).isEqualTo(sorted(git));
    }
  }

  private static InMemoryEventStore imported(Path repository, InMemoryEventStore store) {
    new GitImport(store, repository, GitImportOptions.defaults(), new Random(1), Thread::new)
        .run((_, _, _, _) -> {}, () -> false);
    return store;
  }

  /// Writes, edits, renames and deletes files at random; few different lines, so that there are
  /// many ways from one text to the next. A renamed file keeps nearly all it had: what lies near
  /// the limit of likeness is nobody's truth.
  private static void makeHistory(SyntheticRepository repository, Random random) {
    var files = new TreeMap<String, List<String>>();
    for (var commit = 0; commit < 15; commit++) {
      for (var step = 0; step < 4; step++) {
        var what = random.nextInt(10);
        if (files.isEmpty() || what < 3) {
          var path = "dir%d/file%d".formatted(random.nextInt(3), commit * 10 + step);
          var lines = new ArrayList<String>();
          for (var i = random.nextInt(200); i >= 0; i--) {
            lines.add(
                "%d line %d".formatted(i % 2 == 0 ? 0 : commit * 10 + step, random.nextInt(12)));
          }
          files.put(path, lines);
          repository.write(path, text(lines, random));
        } else {
          var path = List.copyOf(files.keySet()).get(random.nextInt(files.size()));
          var lines = Objects.requireNonNull(files.get(path));
          if (what < 7) {
            for (var edits = random.nextInt(60); edits >= 0; edits--) {
              var at = random.nextInt(lines.size() + 1);
              if (at == lines.size() || random.nextBoolean()) {
                lines.add(at, "0 line " + random.nextInt(12));
              } else {
                lines.remove(at);
              }
            }
            repository.write(path, text(lines, random));
          } else if (what < 9) {
            var to = "dir%d/moved%d".formatted(random.nextInt(3), commit * 10 + step);
            files.remove(path);
            files.put(to, lines);
            repository.rename(path, to);
            if (lines.size() > 20) {
              lines.remove(random.nextInt(lines.size()));
              repository.write(to, text(lines, random));
            }
          } else {
            files.remove(path);
            repository.delete(path);
          }
        }
      }
      repository.commit("Commit " + commit);
    }
  }

  private static String text(List<String> lines, Random random) {
    return String.join("\n", lines) + (random.nextInt(4) == 0 ? "" : "\n");
  }

  private static boolean isHalfOfRename(String file, List<String> others) {
    var path = file.substring(file.lastIndexOf(' ') + 1);
    return others.stream()
        .filter(other -> other.startsWith("R"))
        .anyMatch(other -> List.of(other.split(" ")).contains(path));
  }

  private static Map<String, List<String>> withoutLines(Map<String, List<String>> log) {
    var changed = new LinkedHashMap<String, List<String>>();
    log.forEach((commit, files) ->
        changed.put(
            commit,
            files.stream().map(file -> LINES.matcher(file).replaceFirst(" ")).sorted().toList()));
    return changed;
  }

  private static Map<String, List<String>> sorted(Map<String, List<String>> log) {
    return log.entrySet().stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry -> entry.getValue().stream().sorted().toList(),
                (a, _) -> a,
                LinkedHashMap::new));
  }

  private static @Nullable Path findRepository() {
    for (var place = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        place != null;
        place = place.getParent()) {
      if (Files.exists(place.resolve(".git"))) {
        return place;
      }
    }
    return null;
  }
}
