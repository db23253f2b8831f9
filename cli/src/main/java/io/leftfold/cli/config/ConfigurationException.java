// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import java.util.List;

/// What a server was told makes no sense.
public final class ConfigurationException extends Exception {

  private final transient List<String> problems;

  ConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /// All that is wrong.
  ///
  /// @return a sentence each, at least one
  public List<String> problems() {
    return problems;
  }
}
