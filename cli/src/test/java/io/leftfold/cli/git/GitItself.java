// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The `git` command, asked for the truth.
final class GitItself {

  private GitItself() {}

  /// What `git log` says of each commit of a branch, parents first: one line per file, `status
  /// old-mode mode old-blob blob +added -removed path`, `*` for lines that were not counted.
  static Map<String, List<String>> log(Path repository, String branch, String... options) {
    var command =
        new ArrayList<>(
            List.of(
                "log",
                "--topo-order",
                "--reverse",
                "--diff-merges=first-parent",
                "--raw",
                "--numstat",
                "-z",
                "--no-abbrev",
                "--no-ext-diff",
                "--no-textconv",
                "--format=%x01%H"));
    command.addAll(List.of(options));
    command.add(branch);
    command.add("--");
    var commits = new LinkedHashMap<String, List<String>>();
    var parts = run(repository, command).split("\0", -1);
    var raw = new ArrayList<String>();
    List<String> files = new ArrayList<>();
    var next = 0;
    var i = 0;
    while (i < parts.length) {
      var part = parts[i++].replaceFirst("^\n", "");
      if (part.startsWith("\1")) {
        raw.clear();
        next = 0;
        files = new ArrayList<>();
        commits.put(part.substring(1, 41), files);
      } else if (part.startsWith(":")) {
        var words = part.substring(1).split(" ", -1);
        var status = words[4].substring(0, 1);
        var path = parts[i++];
        if (status.equals("R") || status.equals("C")) {
          path += " -> " + parts[i++];
        }
        raw.add(
            "%s %s %s %s %s + - %s"
                .formatted(status, words[0], words[1], words[2], words[3], path));
      } else if (!part.isEmpty()) {
        var words = part.split("\t", -1);
        if (words[2].isEmpty()) {
          i += 2;
        }
        files.add(
            raw.get(next++)
                .replaceFirst(
                    " \\+ - ",
                    " +%s -%s ".formatted(words[0].replace('-', '*'), words[1].replace('-', '*'))));
      }
    }
    return commits;
  }

  static String run(Path directory, List<String> arguments) {
    var command =
        new ArrayList<>(List.of("git", "-c", "safe.directory=*", "-c", "core.quotePath=false"));
    command.addAll(arguments);
    try {
      var builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
      builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
      builder.redirectError(ProcessBuilder.Redirect.DISCARD);
      var process = builder.start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroy();
        throw new IllegalStateException("git failed: " + command);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static void assumeInstalled() {
    boolean installed;
    try {
      var process =
          new ProcessBuilder("git", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      installed = process.waitFor() == 0;
    } catch (IOException e) {
      installed = false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    assumeTrue(installed, "The git command is not installed, so there is nothing to compare with");
  }
}
