// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.time.Instant;

/// What stands for a password for a while.
///
/// @param text to be sent as `Bearer`; never printed
/// @param end when it ends
public record AccessToken(String text, Instant end) {
  @Override
  public String toString() {
    return "token until " + end;
  }
}
