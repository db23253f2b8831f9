// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

/// There is another index of that name.
public final class IndexExistsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final String index;

  IndexExistsException(String index) {
    super("Index '%s' already exists".formatted(index));
    this.index = index;
  }

  /// Which.
  ///
  /// @return its name
  public String index() {
    return index;
  }
}
