// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import java.util.Optional;

/// A projection, and the version of it that is built beside.
///
/// @param building the version; empty if none is built: it has taken over, or there was none
/// @param isRunning whether the projection that answers runs; if it does not, the other version
///   comes no further than it
/// @param status how that is, for a person
public record VersionBeside(Optional<Building> building, boolean isRunning, String status) {

  /// A version that is being built.
  ///
  /// @param epoch its number
  /// @param position the last position looked at; −1 for none
  /// @param reason why it does not get on, for a person; empty if it does
  public record Building(long epoch, long position, String reason) {}
}
