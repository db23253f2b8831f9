// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.server.http.exchange.Target;
import java.util.Set;
import java.util.TreeSet;

/// What stands behind the question mark, looked through before it is believed. A slip of the pen,
/// or a variable of a script that nobody has given a value, is refused: without its filter a reader
/// would be given everything, without `expected` a writer would be right about anything.
final class Parameters {

  private Parameters() {}

  /// Looks through them.
  ///
  /// @param target what was asked
  /// @param known the names there are
  /// @param optional those of them that may be empty
  /// @throws IllegalArgumentException if one is not known, is empty, or stands there twice
  static void check(Target target, Set<String> known, Set<String> optional) {
    for (var parameter : new TreeSet<>(target.query().keySet())) {
      if (!known.contains(parameter)) {
        throw new IllegalArgumentException(
            "There is no parameter %s here; there are %s"
                .formatted(parameter, String.join(", ", new TreeSet<>(known))));
      }
      if (target.repeated().contains(parameter)) {
        throw new IllegalArgumentException(
            "%s is said once, got it more than once; leave all but one out".formatted(parameter));
      }
      if (target.parameter(parameter).isEmpty() && !optional.contains(parameter)) {
        throw new IllegalArgumentException(
            "%s has a value, got none (a variable that is not set?); give it one, or leave %s out"
                .formatted(parameter, parameter));
      }
    }
  }
}
