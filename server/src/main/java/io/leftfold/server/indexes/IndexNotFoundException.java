// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

/// There is no such index, or none any more.
public final class IndexNotFoundException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String index;

  /// With what was asked for.
  ///
  /// @param index the name, or the whole prefix that a read was asked for
  public IndexNotFoundException(String index) {
    super("Index '%s' does not exist".formatted(index));
    this.index = index;
  }

  /// What was asked for.
  ///
  /// @return the name, or the whole prefix that a read was asked for
  public String index() {
    return index;
  }
}
