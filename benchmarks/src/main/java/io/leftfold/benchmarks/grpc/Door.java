// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.grpc;

import io.leftfold.server.Authentication;
import io.leftfold.server.Security;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// How a server's port is guarded, and what a call brings along for it.
enum Door {
  /// Neither encryption nor users.
  OPEN(false, false),
  /// Encryption, and calls that name no user.
  ENCRYPTED(true, false),
  /// Calls with a user and a password, not encrypted.
  USERS(false, true),
  /// Calls with a user and a password, encrypted.
  SECURED(true, true);

  /// Where a server's authority is written, in the directory of its store.
  static final String AUTHORITY = "ca.crt";

  private static final String PASSWORD = "correct horse battery staple";

  private final boolean encrypted;
  private final boolean named;

  Door(boolean encrypted, boolean named) {
    this.encrypted = encrypted;
    this.named = named;
  }

  boolean isEncrypted() {
    return encrypted;
  }

  /// The header `authorization` of each call, if there is one.
  Optional<String> authorization() {
    return named
        ? Optional.of(
            "Basic "
                + Base64.getEncoder()
                    .encodeToString(("admin:" + PASSWORD).getBytes(StandardCharsets.UTF_8)))
        : Optional.empty();
  }

  /// What a server is started with.
  ///
  /// @param directory of its store
  Security security(Path directory) {
    var users =
        new Authentication(
            Optional.of(PASSWORD),
            Optional.of(PASSWORD),
            !named,
            !named,
            Authentication.PASSWORD_ROUNDS);
    if (encrypted) {
      return Security.tls(
          users,
          new Security.Certificates.MadeInMemory(
              directory.resolveSibling(directory.getFileName() + "-" + AUTHORITY), List.of()));
    }
    return named ? Security.plaintextWithUsers(users) : Security.insecure();
  }
}
