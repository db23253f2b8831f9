// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportGitCommandTest {

  @TempDir private Path directory;
  private TestShell shell;

  @BeforeEach
  void makeRepository() throws IOException, GitAPIException {
    shell = new TestShell(directory);
    try (var git = Git.init().setDirectory(directory.resolve("work").toFile()).call()) {
      for (var i = 0; i < 3; i++) {
        Files.writeString(directory.resolve("work/README.md"), "line\n".repeat(i + 1));
        git.add().addFilepattern(".").call();
        var person = new PersonIdent("Ada", "ada@example.org");
        git.commit()
            .setMessage("Commit " + i)
            .setAuthor(person)
            .setCommitter(person)
            .setSign(false)
            .call();
      }
    }
  }

  @Test
  void a_working_tree_is_imported_once() {
    var first = shell.run("import", "git", "work", "--data", "d");
    assertThat(first.err()).isEmpty();
    assertThat(first.code()).isZero();
    assertThat(first.out())
        .isEqualTo(
            "Imported 3 commits as 6 events; repository-work now has 3 of the 3 commits of this history.\n");

    var second = shell.run("import", "git", "work", "--json", "--data", "d");
    assertThat(second.out()).contains("\"commits\":0").contains("\"before\":3");
    assertThat(shell.run("read", "file-README.md", "--data", "d").out())
        .contains("0@file-README.md  FileAdded")
        .contains("2@file-README.md  FileChanged");
  }

  @Test
  void a_stopped_import_says_how_to_go_on() {
    var stop = new Stop();
    stop.request();
    var result = shell.runWith(new byte[0], stop, "import", "git", "work", "--data", "d");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.out()).contains("Imported 0 commits").contains("Run the same command again");
  }

  @Test
  void options_in_front_of_git_are_not_silently_dropped() {
    var result = shell.run("import", "--data", "d", "git", "work");
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("Options stand behind \"git\", got --data before it");
  }

  @Test
  void what_is_no_repository_is_refused() {
    var result = shell.run("import", "git", "nowhere", "--data", "d");
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("nowhere is no directory").doesNotContain("\tat ");
  }
}
