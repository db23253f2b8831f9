// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.toolkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.benchmarks.toolkit.Accounts.Balance;
import io.leftfold.benchmarks.toolkit.Accounts.Booked;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A file to which the balances that a step changed are appended, and what is made of them: a table
/// of all, or a page of each that has changed. It is written beside its place, synced and renamed.
final class FileSink implements Sink {

  private final Path directory;
  private final FileChannel kept;
  private final Map<String, Balance> balances = new TreeMap<>();
  private final boolean writesPages;

  /// @param writesPages a page of each, in the place of a table of all
  FileSink(Path directory, boolean writesPages) throws IOException {
    this.writesPages = writesPages;
    this.directory = Files.createDirectories(directory);
    this.kept =
        FileChannel.open(
            directory.resolve("kept"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public void take(List<Booked> events, long place) throws IOException {
    var changed = new TreeMap<String, Balance>();
    for (var event : events) {
      var balance = balances.getOrDefault(event.account(), Balance.NOTHING).plus(event);
      balances.put(event.account(), balance);
      changed.put(event.account(), balance);
    }
    var text = new StringBuilder().append(place).append('\n');
    changed.forEach((account, balance) ->
        text.append(account).append(' ').append(Accounts.BALANCE.writeText(balance)).append('\n'));
    write(kept, text.toString());
    if (writesPages) {
      for (var one : changed.entrySet()) {
        put(one.getKey() + ".html", ReadModelFolds.page(one.getKey(), one.getValue()));
      }
    } else {
      put("balances.csv", ReadModelFolds.table(balances));
    }
    try (var names = FileChannel.open(directory)) {
      names.force(true);
    }
  }

  private void put(String name, String text) throws IOException {
    var half = directory.resolve("half");
    try (var file =
        FileChannel.open(half, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      write(file, text);
    }
    Files.move(half, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(FileChannel file, String text) throws IOException {
    var bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    file.force(false);
  }

  @Override
  public void close() throws IOException {
    kept.close();
  }
}
