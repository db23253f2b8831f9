// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.LeftfoldException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// Finds out who somebody is by the users of the store.
///
/// A header that was good once is known by a digest of it, salted with what only this process
/// knows, for as long as the user is neither disabled nor has another password. So a password costs
/// its hash once, and afterwards a digest.
final class Logins implements Authenticator {

  private static final int REMEMBERED_MAX = 10_000;
  private static final int SALT_BYTES = 32;
  private static final Optional<Caller> ANONYMOUS = Optional.of(Caller.anonymous());

  private final Users users;
  private final PasswordChecks passwords;
  private final Tokens tokens;
  private final FailedLogins failed;
  private final DenialLog log;
  private final Clock clock;
  private final MessageDigest salted;
  private final ConcurrentHashMap<Digest, Login> logins = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Digest, CompletableFuture<Login>> underWay =
      new ConcurrentHashMap<>();

  Logins(
      Users users,
      PasswordChecks passwords,
      Tokens tokens,
      DenialLog log,
      Clock clock,
      RandomGenerator random) {
    this.users = users;
    this.passwords = passwords;
    this.tokens = tokens;
    this.failed = new FailedLogins(clock);
    this.log = log;
    this.clock = clock;
    var salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    try {
      this.salted = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
    salted.update(salt);
  }

  /// SHA-256 of the salt and a header.
  private record Digest(long a, long b, long c, long d) {}

  /// @param caller who it was
  /// @param end when it ends by itself
  private record Login(Caller.User caller, Instant end) {}

  @Override
  public Optional<Caller> known(Optional<String> authorization) {
    if (authorization.isEmpty()) {
      return ANONYMOUS;
    }
    var digest = digest(authorization.get());
    var login = logins.get(digest);
    if (login == null) {
      return Optional.empty();
    }
    if (login.end.equals(Instant.MAX) || clock.instant().isBefore(login.end)) {
      var current = users.current(login.caller);
      if (current.isPresent()) {
        return Optional.of(current.get());
      }
    }
    logins.remove(digest, login);
    return Optional.empty();
  }

  @Override
  public Caller authenticate(Optional<String> authorization, String peer)
      throws NotAuthenticatedException {
    var known = known(authorization);
    if (known.isPresent()) {
      return known.get();
    }
    var header = authorization.orElse("");
    var digest = digest(header);
    var mine = new CompletableFuture<Login>();
    var others = underWay.putIfAbsent(digest, mine);
    if (others != null) {
      return sameAs(others);
    }
    try {
      var login = login(header, peer);
      if (logins.size() >= REMEMBERED_MAX) {
        logins.clear();
      }
      logins.put(digest, login);
      mine.complete(login);
      return login.caller;
    } catch (NotAuthenticatedException e) {
      mine.completeExceptionally(e);
      log.notAuthenticated("%s (from %s)".formatted(e.getMessage(), peer));
      throw e;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      underWay.remove(digest, mine);
    }
  }

  /// Many calls of one client come at once: one of them looks at the password.
  private static Caller sameAs(CompletableFuture<Login> others) throws NotAuthenticatedException {
    try {
      return others.join().caller;
    } catch (CompletionException e) {
      if (e.getCause() instanceof LeftfoldException unavailable) {
        throw unavailable;
      }
      throw new NotAuthenticatedException("As for another call with the same credentials");
    }
  }

  private Login login(String header, String peer) throws NotAuthenticatedException {
    return switch (Credentials.of(header)) {
      case Credentials.Basic(var user, var password) ->
          new Login(byPassword(user, password, peer), Instant.MAX);
      case Credentials.Bearer(var token) -> byToken(token);
    };
  }

  /// Looks at a password, and keeps a stronger hash of it if the one that is kept is weak.
  Caller.User byPassword(String name, String password, String peer)
      throws NotAuthenticatedException {
    if (!failed.begin(name, peer)) {
      throw new NotAuthenticatedException(
          "Too many failed logins of \"%s\" or from this address; not looked at".formatted(name));
    }
    var user = users.find(name);
    var answer = passwords.check(user, password);
    if (user.isEmpty() || !answer.matches() || user.get().disabled()) {
      throw new NotAuthenticatedException(
          user.isEmpty()
              ? "There is no user \"%s\"".formatted(name)
              : answer.matches()
                  ? "User \"%s\" is disabled".formatted(name)
                  : "Wrong password for \"%s\"".formatted(name));
    }
    failed.succeeded(name, peer);
    return answer.stronger().isEmpty()
        ? user.get().asCaller()
        : strengthened(user.get(), answer.stronger().get(), password, peer);
  }

  /// Keeps a stronger hash. Of those who log in at once one does; the others look again, for it may
  /// have been the password itself that changed.
  private Caller.User strengthened(User user, PasswordHash stronger, String password, String peer)
      throws NotAuthenticatedException {
    try {
      users.strengthen(user, stronger);
    } catch (UserProblemException e) {
      return byPassword(user.name(), password, peer);
    }
    return user.with(stronger).asCaller();
  }

  private Login byToken(String token) throws NotAuthenticatedException {
    var claims = tokens.verify(token);
    var user = users.find(claims.user());
    if (user.isEmpty() || user.get().disabled() || user.get().stamp() != claims.stamp()) {
      throw new NotAuthenticatedException(
          "The token of \"%s\" was for a user who is disabled or gone, or for another password"
              .formatted(claims.user()));
    }
    return new Login(user.get().asCaller(true), claims.end());
  }

  private Digest digest(String header) {
    try {
      var digest = (MessageDigest) salted.clone();
      var bytes = ByteBuffer.wrap(digest.digest(header.getBytes(StandardCharsets.UTF_8)));
      return new Digest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("The JDK's SHA-256 can be cloned", e);
    }
  }
}
