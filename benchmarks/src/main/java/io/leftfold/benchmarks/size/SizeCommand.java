// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.size;

import io.leftfold.benchmarks.measure.Directories;
import io.leftfold.benchmarks.measure.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Makes a large store and looks at it.
@Command(
    name = "size",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a store of many streams and events in a process with a small heap, kills that process,",
      "opens the store in another, and prints rates, sizes, times and heaps."
    })
public final class SizeCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--streams",
      paramLabel = "<n>",
      defaultValue = "20000",
      description = "how many streams (default: 20000)")
  private int streams;

  @Option(
      names = "--events",
      paramLabel = "<n>",
      defaultValue = "1000000",
      description = "how many events (default: 1000000)")
  private long events;

  @Option(
      names = "--bytes",
      paramLabel = "<n>",
      defaultValue = "256",
      description = "how many bytes of data an event has (default: 256)")
  private int bytes;

  @Option(
      names = "--heap",
      paramLabel = "<size>",
      defaultValue = "512m",
      description = "the largest heap (default: 512m)")
  private String heap = "512m";

  @Option(
      names = "--data",
      paramLabel = "<dir>",
      description = "directory on the disk to be measured (default: the temporary one)")
  private @Nullable Path data;

  @Option(names = "--keep", description = "keeps the store; makes none if there is one")
  private boolean keep;

  /// Made by picocli.
  public SizeCommand() {}

  @Override
  public Integer call() throws Exception {
    if (streams < 1 || events < streams) {
      throw new IllegalArgumentException(
          "At least one stream and an event for each expected, got %d and %d"
              .formatted(streams, events));
    }
    if (bytes < 0 || bytes > LargeStore.DATA_BYTES_MAX) {
      throw new IllegalArgumentException(
          "An event has 0 to %d bytes here, got %d".formatted(LargeStore.DATA_BYTES_MAX, bytes));
    }
    var directory = directory();
    try {
      if (!Files.isDirectory(directory.resolve("log"))) {
        run("fill", directory, true);
      }
      run("open", directory, false);
      return 0;
    } finally {
      if (!keep) {
        Directories.delete(directory);
      }
    }
  }

  private Path directory() throws IOException {
    return data != null && keep ? Files.createDirectories(data) : Directories.make(data, "size");
  }

  /// Runs a process, passing on what it says.
  ///
  /// @param killed whether it is killed when it says that it is done
  private void run(String what, Path directory, boolean killed)
      throws IOException, InterruptedException {
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    var process =
        new ProcessBuilder(command(what, directory))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var done = false;
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = lines.readLine(); line != null; line = done ? null : lines.readLine()) {
        done = line.equals(LargeStore.DONE);
        if (!done) {
          out.println(line);
          out.flush();
        }
      }
      if (!killed) {
        process.waitFor();
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    if (!done) {
      throw new IOException("The process that was to %s the store ended early".formatted(what));
    }
  }

  private List<String> command(String what, Path directory) {
    return JavaCommand.of(
        heap,
        LargeStore.class,
        List.of(
            what,
            directory.toString(),
            Integer.toString(streams),
            Long.toString(events),
            Integer.toString(bytes)));
  }
}
