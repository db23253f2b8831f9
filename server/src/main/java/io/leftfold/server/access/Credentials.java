// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// What an `authorization` header says.
sealed interface Credentials {

  /// A user and what proves it.
  ///
  /// @param user the login name
  /// @param password never shown
  record Basic(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "Basic " + user + ":***";
    }
  }

  /// What a node gave to a user in place of the password.
  ///
  /// @param token never shown
  record Bearer(String token) implements Credentials {
    @Override
    public String toString() {
      return "Bearer ***";
    }
  }

  /// Reads a header.
  ///
  /// @throws NotAuthenticatedException if it cannot be understood; what it says is not repeated
  static Credentials of(String header) throws NotAuthenticatedException {
    var space = header.indexOf(' ');
    var scheme = space < 0 ? "" : header.substring(0, space);
    var rest = header.substring(space + 1).strip();
    if (scheme.equalsIgnoreCase("Bearer")) {
      return new Bearer(rest);
    }
    if (!scheme.equalsIgnoreCase("Basic")) {
      throw new NotAuthenticatedException("The scheme is neither Basic nor Bearer");
    }
    try {
      var text = new String(Base64.getDecoder().decode(rest), StandardCharsets.UTF_8);
      var colon = text.indexOf(':');
      if (colon >= 0) {
        return new Basic(text.substring(0, colon), text.substring(colon + 1));
      }
    } catch (IllegalArgumentException e) {
      // As if there were no colon: the message must not repeat what was sent.
    }
    throw new NotAuthenticatedException("Basic is not followed by user:password in Base64");
  }
}
