// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.projections.EventSelector;

/// A value by which events of an index are found.
///
/// @param name what it is called in lookups
/// @param selector JavaScript: a function of one record that finds the value
/// @param type what the value is
/// @param optimizeLookups kept for whoever asks; lookups are the same
public record IndexField(
    String name, String selector, EventSelector.Type type, boolean optimizeLookups) {

  EventSelector asSelector() {
    return new EventSelector(name, selector, type);
  }
}
