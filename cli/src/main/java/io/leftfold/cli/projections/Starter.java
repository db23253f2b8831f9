// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// What a beginner is given: typings, what an editor needs to find them, a first projection, and
/// two cases that it is held to.
public final class Starter {

  private static final String TYPINGS = "projections.d.ts";

  /// In the order in which they are best looked at.
  private static final List<String> FILES =
      List.of(
          "balances/projection.js",
          "balances/deposits-and-withdrawals/given.ndjson",
          "balances/deposits-and-withdrawals/expected.json",
          "balances/an-overdraft/given.ndjson",
          "balances/an-overdraft/expected.json",
          "events.d.ts",
          TYPINGS,
          "jsconfig.json");

  private Starter() {}

  /// The typings of the language.
  ///
  /// @return TypeScript
  public static String typings() {
    return new String(bytes(TYPINGS), StandardCharsets.UTF_8);
  }

  /// Which of the files are there already.
  ///
  /// @param folder where they would be written
  /// @return their names
  public static List<String> there(Path folder) {
    return FILES.stream().filter(file -> Files.exists(folder.resolve(file))).toList();
  }

  /// Writes all files; none of them is there yet.
  ///
  /// @param folder where to; it is made if it is not there
  /// @return their names
  /// @throws IOException if one cannot be written
  public static List<String> write(Path folder) throws IOException {
    for (var name : FILES) {
      var file = folder.resolve(name);
      Files.createDirectories(file.resolveSibling(""));
      Files.write(file, bytes(name), StandardOpenOption.CREATE_NEW);
    }
    return FILES;
  }

  private static byte[] bytes(String name) {
    try (var in = Starter.class.getResourceAsStream("starter/" + name)) {
      if (in == null) {
        throw new IllegalStateException("This build has no file starter/" + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
