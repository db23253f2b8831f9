// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.git.GitImport;
import io.leftfold.cli.git.GitImportException;
import io.leftfold.cli.git.GitImportOptions;
import io.leftfold.cli.output.Printable;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Imports the history of a git repository.
@Command(
    name = "git",
    header = "Turn the history of a git repository into events.",
    description = {
      "One stream a file (file-<path>), one stream for the repository (repository-<name>), one commit of the store for each git commit. People are known by pseudonyms only.",
      "It may be stopped at any time; run again, it goes on where it was, and adds nothing twice."
    },
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    parameterListHeading = "%nWhat:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold import git . --data history",
      "  leftfold read file-README.md --data history",
      "  leftfold read --all --type FileRenamed --data history",
      "  leftfold import git ../other --category other --data history",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ImportGitCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "<repository>",
      description = "The directory of a git repository, bare or not.")
  private Path repository;

  @Option(
      names = {"-b", "--branch"},
      paramLabel = "<branch>",
      description = "The branch (or tag, or commit) whose history is imported. Default: HEAD.")
  private @Nullable String branch;

  @Option(
      names = "--name",
      paramLabel = "<name>",
      description = "The repository's name in the store. Default: the name of its directory.")
  private @Nullable String name;

  @Option(
      names = "--category",
      paramLabel = "<category>",
      defaultValue = "file",
      description =
          "What the names of file streams begin with; give each repository in a store its own. Default: file.")
  private String category;

  @Option(names = "--json", description = "Show the result as one JSON object.")
  private boolean json;

  @Mixin private StoreOptions store;

  private final Shell shell;

  ImportGitCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    var misplaced = spec.parent().commandLine().getParseResult().matchedOptions();
    if (!misplaced.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Options stand behind \"git\", got %s before it"
              .formatted(misplaced.getFirst().longestName()));
    }
    var options = GitImportOptions.defaults().withCategory(category);
    options = branch == null ? options : options.withBranch(branch);
    options = name == null ? options : options.withName(name);
    var progress = new ProgressLine(shell);
    GitImport.Outcome outcome;
    try (var opened = store.openToWrite(shell)) {
      outcome =
          new GitImport(
                  opened,
                  shell.resolve(repository),
                  options,
                  shell.random(),
                  Thread.ofPlatform().daemon().name("leftfold-git-", 0).factory())
              .run(
                  (commits, total, commitsNow, eventsNow) ->
                      progress.show(() ->
                          "Imported %,d of %,d commits (%d %%), %,d commits and %,d events a second"
                              .formatted(
                                  commits,
                                  total,
                                  commits * 100 / total,
                                  progress.perSecond(commitsNow),
                                  progress.perSecond(eventsNow))),
                  shell.stop()::isRequested);
    } catch (GitImportException e) {
      progress.end();
      throw e;
    }
    progress.end();
    report(outcome);
    return outcome.stopped() ? ExitCode.FAILED : ExitCode.OK;
  }

  private void report(GitImport.Outcome outcome) {
    if (json) {
      var mapper = JsonMapper.shared();
      shell
          .out()
          .println(
              mapper.writeValueAsString(
                  mapper
                      .createObjectNode()
                      .put("stream", outcome.repositoryStream().value())
                      .put("total", outcome.total())
                      .put("before", outcome.before())
                      .put("commits", outcome.commits())
                      .put("events", outcome.events())
                      .put("elsewhere", outcome.elsewhere())
                      .put("stopped", outcome.stopped())));
      return;
    }
    var stream = Printable.of(outcome.repositoryStream().value());
    shell
        .out()
        .println(
            "Imported %,d commits as %,d events; %s now has %,d of the %,d commits of this history."
                .formatted(
                    outcome.commits(),
                    outcome.events(),
                    stream,
                    outcome.before() + outcome.commits(),
                    outcome.total()));
    if (outcome.elsewhere() > 0) {
      shell
          .out()
          .println(
              "It also has %,d commits that are not in this history: of another branch, or rewritten since. They stay."
                  .formatted(outcome.elsewhere()));
    }
    if (outcome.stopped()) {
      shell.out().println("Stopped between two commits. Run the same command again to go on.");
    }
  }
}
