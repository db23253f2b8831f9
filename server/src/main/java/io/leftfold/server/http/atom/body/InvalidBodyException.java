// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.body;

/// A body that no event can be made of. Without a trace of the stack, for callers can have as many
/// as they like.
public final class InvalidBodyException extends Exception {

  private static final long serialVersionUID = 1;

  InvalidBodyException(String message) {
    super(message, null, false, false);
  }
}
