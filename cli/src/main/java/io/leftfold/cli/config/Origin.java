// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import java.nio.file.Path;

/// Where a value came from.
public sealed interface Origin {

  /// Nobody said anything.
  record Default() implements Origin {
    @Override
    public String toString() {
      return "default";
    }
  }

  /// A line of a file.
  ///
  /// @param file as it was named
  /// @param line from 1
  /// @param key as it is written there
  record Line(Path file, int line, String key) implements Origin {
    @Override
    public String toString() {
      return "%s:%d %s".formatted(file, line, key);
    }
  }

  /// A variable of the environment.
  ///
  /// @param name as it is written there
  record Variable(String name) implements Origin {
    @Override
    public String toString() {
      return name;
    }
  }

  /// A flag of the command line.
  ///
  /// @param name with its hyphens
  record Flag(String name) implements Origin {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Who wins: flags over the environment, the environment over files, files over defaults.
  ///
  /// @return higher for who wins
  default int rank() {
    return switch (this) {
      case Default() -> 0;
      case Line(_, _, _) -> 1;
      case Variable(_) -> 2;
      case Flag(_) -> 3;
    };
  }
}
