// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import io.leftfold.client.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The names of options, as they can be written.
final class Names {

  private Names() {}

  /// In files: ours, and KurrentDB's of those that mean something here.
  static List<String> keys() {
    return Stream.concat(
            Arrays.stream(ServerOption.values())
                .filter(option -> option != ServerOption.CONFIG)
                .map(ServerOption::key),
            Counterparts.keys().stream())
        .toList();
  }

  /// What to say of a name that nobody knows.
  static String unknown(String name, List<String> known) {
    return "there is no option \"%s\"%s"
        .formatted(
            name,
            NearestName.of(name, known)
                .map(nearest -> "; did you mean \"%s\"?".formatted(nearest))
                .orElse("; \"leftfold config\" lists those there are"));
  }
}
