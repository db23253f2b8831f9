// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import java.util.Optional;

/// Finds out who somebody is by what a request brings.
public interface Authenticator {

  /// Who somebody is, if that is known without further work. Never waits: for event loops.
  ///
  /// @param authorization the `authorization` header of the request
  /// @return the caller; empty if it takes [#authenticate]
  Optional<Caller> known(Optional<String> authorization);

  /// Who somebody is. May wait for the store, and takes its time over a password: not for an event
  /// loop.
  ///
  /// @param authorization the `authorization` header of the request
  /// @param peer the address that it came from, without a port
  /// @return the caller
  /// @throws NotAuthenticatedException if the credentials are not valid
  Caller authenticate(Optional<String> authorization, String peer) throws NotAuthenticatedException;

  /// The authenticator of a node without users: whatever the credentials, they are not looked at.
  ///
  /// @return takes everybody for [Caller.Trusted]
  static Authenticator trusting() {
    return new Authenticator() {
      private static final Optional<Caller> TRUSTED = Optional.of(Caller.trusted());

      @Override
      public Optional<Caller> known(Optional<String> authorization) {
        return TRUSTED;
      }

      @Override
      public Caller authenticate(Optional<String> authorization, String peer) {
        return Caller.trusted();
      }
    };
  }
}
