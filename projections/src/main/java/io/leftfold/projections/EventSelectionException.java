// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.Optional;

/// A filter or a selector is none, or took more than it may.
public final class EventSelectionException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Optional<String> selector;

  EventSelectionException(Optional<String> selector, String message) {
    super(message);
    this.selector = selector;
  }

  /// Which selector it is about.
  ///
  /// @return its name; empty for the filter, or where that is not known
  public Optional<String> selector() {
    return selector;
  }
}
