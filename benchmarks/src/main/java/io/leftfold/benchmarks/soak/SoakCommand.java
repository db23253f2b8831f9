// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.soak;

import io.leftfold.benchmarks.measure.Directories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Keeps a store under load, kills it now and then, and compares every answer.
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = {
      "Keeps a server under load, kills and restarts it, scavenges it and backs it up meanwhile, and",
      "compares what it answers, and in the end all it holds, with what it acknowledged.",
      "The exit code is 1 if anything differed."
    })
public final class SoakCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--minutes",
      paramLabel = "<n>",
      defaultValue = "60",
      description = "how long the load lasts; fractions count (default: 60)")
  private double minutes;

  @Option(
      names = "--seed",
      paramLabel = "<n>",
      description = "of what is left to chance (default: another one each time, printed)")
  private @Nullable Long seed;

  @Option(
      names = "--rate",
      paramLabel = "<n>",
      defaultValue = "2000",
      description = "events a second at most (default: 2000)")
  private int rate;

  @Option(
      names = "--writers",
      paramLabel = "<n>",
      defaultValue = "8",
      description = "how many append at the same time (default: 8)")
  private int writers;

  @Option(
      names = "--streams",
      paramLabel = "<n>",
      defaultValue = "5000",
      description = "how many streams live long (default: 5000)")
  private int streams;

  @Option(
      names = "--heap",
      paramLabel = "<size>",
      defaultValue = "384m",
      description = "the largest heap of the server (default: 384m)")
  private String heap = "384m";

  @Option(
      names = "--kill-every",
      paramLabel = "<s>",
      defaultValue = "120",
      description = "seconds between two kills, on average (default: 120)")
  private int killSeconds;

  @Option(
      names = "--scavenge-every",
      paramLabel = "<s>",
      defaultValue = "20",
      description = "seconds between two scavenges (default: 20)")
  private int scavengeSeconds;

  @Option(
      names = "--backup-every",
      paramLabel = "<s>",
      defaultValue = "300",
      description = "seconds between two backups (default: 300)")
  private int backupSeconds;

  @Option(
      names = "--data",
      paramLabel = "<dir>",
      description = "directory on the disk to be used (default: the temporary one)")
  private @Nullable Path data;

  @Option(
      names = "--report",
      paramLabel = "<file>",
      description = "where to write the report besides, in Markdown")
  private @Nullable Path report;

  /// Made by picocli.
  public SoakCommand() {}

  @Override
  public Integer call() throws Exception {
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    var directory = Directories.make(data, "soak");
    var options =
        new SoakOptions(
            directory,
            Duration.ofMillis((long) (minutes * 60_000)),
            seed == null ? System.nanoTime() : seed,
            rate,
            heap,
            writers,
            streams,
            Duration.ofSeconds(killSeconds),
            Duration.ofSeconds(scavengeSeconds),
            Duration.ofSeconds(backupSeconds));
    out.printf("Soak with --seed %d%n", options.seed());
    var found = new Soak(options, line -> say(out, line)).run();
    out.println(found.markdown());
    out.flush();
    if (report != null) {
      Files.writeString(report, found.markdown());
    }
    if (found.violations() > 0) {
      out.printf("The store is kept in %s%n", directory);
      return 1;
    }
    Directories.delete(directory);
    return 0;
  }

  private static void say(java.io.PrintWriter out, String line) {
    synchronized (out) {
      out.println(line);
      out.flush();
    }
  }
}
