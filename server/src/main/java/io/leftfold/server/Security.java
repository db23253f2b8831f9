// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Whom a node believes, and whether others can listen in.
public sealed interface Security {

  /// Neither encryption nor users: whoever reaches the port is everybody. For trying things on one
  /// machine.
  record Insecure() implements Security {}

  /// Users, without encryption: for networks that are encrypted or closed by other means. Passwords
  /// travel as they are.
  ///
  /// @param authentication the users
  record Plaintext(Authentication authentication) implements Security {}

  /// Users and encryption.
  ///
  /// @param authentication the users
  /// @param certificates what is shown to clients
  record Tls(Authentication authentication, Certificates certificates) implements Security {}

  /// Where the certificate comes from that is shown to clients.
  sealed interface Certificates {

    /// From files that somebody else writes; when they change they are read again.
    ///
    /// @param certificate PEM: the certificate, and those between it and an authority
    /// @param key PEM: its private key
    /// @param password of the key, if that is encrypted
    record OfFiles(Path certificate, Path key, Optional<String> password) implements Certificates {

      /// With a key that is not encrypted.
      ///
      /// @param certificate PEM: the certificate, and those between it and an authority
      /// @param key PEM: its private key
      public OfFiles(Path certificate, Path key) {
        this(certificate, key, Optional.empty());
      }

      /// Without the password.
      @Override
      public String toString() {
        return "OfFiles[certificate=%s, key=%s]".formatted(certificate, key);
      }
    }

    /// From an authority of the node's own, kept in a directory: `ca.crt`, `ca.key`, `server.crt`,
    /// `server.key`. What is not there is made.
    ///
    /// @param directory where
    /// @param names by which clients reach this node, beside `localhost`, the name of this machine,
    ///   and the host it listens at and advertises
    record Made(Path directory, List<String> names) implements Certificates {

      /// Copies the names.
      public Made {
        names = List.copyOf(names);
      }
    }

    /// From an authority of the node's own, kept in memory.
    ///
    /// @param authority the file to which the authority's certificate is written, for clients
    /// @param names as in [Made]
    record MadeInMemory(Path authority, List<String> names) implements Certificates {

      /// Copies the names.
      public MadeInMemory {
        names = List.copyOf(names);
      }
    }
  }

  /// Neither encryption nor users.
  ///
  /// @return the one value
  static Security insecure() {
    return new Insecure();
  }

  /// Users, without encryption.
  ///
  /// @param authentication the users
  /// @return with these
  static Security plaintextWithUsers(Authentication authentication) {
    return new Plaintext(authentication);
  }

  /// Users and encryption.
  ///
  /// @param authentication the users
  /// @param certificates what is shown to clients
  /// @return with these
  static Security tls(Authentication authentication, Certificates certificates) {
    return new Tls(authentication, certificates);
  }
}
