// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// Which streams to list: `ListOptions.all().withPrefix("account-").limit(100)`.
///
/// @param prefix what names begin with
/// @param after list only names behind this one; empty to begin at the first
/// @param limit the most streams to give, above 0
public record ListOptions(String prefix, String after, int limit) {

  /// Checks the limit.
  public ListOptions {
    if (limit <= 0) {
      throw new IllegalArgumentException("A list gives 1 stream or more, got a limit of " + limit);
    }
  }

  /// The first thousand streams.
  ///
  /// @return the options
  public static ListOptions all() {
    return new ListOptions("", "", 1000);
  }

  /// Only names that begin so.
  ///
  /// @param prefix the beginning
  /// @return the new options
  public ListOptions withPrefix(String prefix) {
    return new ListOptions(prefix, after, limit);
  }

  /// Continuing behind a name.
  ///
  /// @param name the last name of the list before
  /// @return the new options
  public ListOptions after(String name) {
    return new ListOptions(prefix, name, limit);
  }

  /// With at most so many.
  ///
  /// @param limit above 0
  /// @return the new options
  public ListOptions limit(int limit) {
    return new ListOptions(prefix, after, limit);
  }
}
