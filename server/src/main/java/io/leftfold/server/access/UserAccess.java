// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.EventStore;
import io.leftfold.api.LeftfoldException;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.StreamName;
import io.leftfold.api.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The users of a node and what they may do: wires the parts of this package.
///
/// Nothing is known before [#begin], which takes a store that answers everything. In a new store it
/// makes the users `admin` and `ops`.
public final class UserAccess implements Access, Authenticator, AutoCloseable {

  /// How dear a password should be.
  public static final int ITERATIONS = PasswordHash.ITERATIONS;

  private static final System.Logger LOG = System.getLogger("io.leftfold.server.access");
  private static final int KEY_BYTES = 32;

  private final EventStore store;
  private final Options options;
  private final Surroundings surroundings;
  private final PasswordChecks passwords;
  private final CompletableFuture<List<String>> begun = new CompletableFuture<>();
  private volatile @Nullable Parts parts;

  /// How a node treats its users.
  ///
  /// @param adminPassword what `admin` has in a new store
  /// @param opsPassword what `ops` has in a new store
  /// @param anonymousEndpoints whether whoever names no user may ask the node about itself
  /// @param anonymousStreams whether whoever names no user may use the streams that let everybody
  /// @param iterations how dear a password is
  public record Options(
      Optional<String> adminPassword,
      Optional<String> opsPassword,
      boolean anonymousEndpoints,
      boolean anonymousStreams,
      int iterations) {

    @Override
    public String toString() {
      return "Options[iterations=%d]".formatted(iterations);
    }
  }

  /// What a node brings.
  ///
  /// @param clock for waits and for the end of tokens
  /// @param random for salts and keys: nobody must foresee it
  /// @param ids for events
  /// @param threads makes the thread that makes the first users
  /// @param processors how many there are
  public record Surroundings(
      Clock clock,
      RandomGenerator random,
      Supplier<UUID> ids,
      ThreadFactory threads,
      int processors) {}

  private record Parts(
      Changes changes,
      Users users,
      StoredAccess access,
      Logins logins,
      Tokens tokens,
      Audit audit) {}

  /// Of a store, which it does not own.
  ///
  /// @param store where the users are
  /// @param options how to treat them
  /// @param surroundings clock, chance and threads
  public UserAccess(EventStore store, Options options, Surroundings surroundings) {
    this.store = store;
    this.options = options;
    this.surroundings = surroundings;
    this.passwords =
        new PasswordChecks(
            options.iterations(),
            surroundings.random(),
            Math.max(1, surroundings.processors() / 2));
  }

  /// Begins, as soon as the store answers everything. Does not wait for the first users to be made;
  /// whoever logs in does.
  public void begin() {
    var clock = surroundings.clock();
    var random = surroundings.random();
    var log = new DenialLog(clock);
    var changes = new Changes(store);
    var users = new Users(store, changes, passwords, surroundings.ids());
    var key = new byte[KEY_BYTES];
    random.nextBytes(key);
    var tokens = new Tokens(key, clock);
    var access =
        new StoredAccess(
            store,
            changes,
            users,
            new StoredAccess.Anonymous(options.anonymousEndpoints(), options.anonymousStreams()),
            log);
    var audit = new Audit(store, access, clock, surroundings.ids());
    parts =
        new Parts(
            changes,
            users,
            access,
            new Logins(users, passwords, tokens, log, clock, random),
            tokens,
            audit);
    var first = new FirstUsers(users, audit, options);
    surroundings.threads().newThread(() -> makeFirstUsers(first)).start();
  }

  private void makeFirstUsers(FirstUsers first) {
    var weak = List.<String>of();
    try {
      weak = first.make();
    } catch (LeftfoldException | UserProblemException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "The first users were not looked at or made: {0}",
          e.getMessage());
    } finally {
      begun.complete(List.copyOf(weak));
    }
  }

  /// Looks at what was recorded, so that the next caller need not. To be called now and then.
  public void lookAtChanges() {
    try {
      parts().changes.take();
    } catch (LeftfoldException e) {
      LOG.log(System.Logger.Level.DEBUG, "The store is closed or not ready", e);
    }
  }

  /// The users who can log in with the password that everybody knows.
  ///
  /// @return told when the first users are there
  public CompletableFuture<List<String>> withDefaultPassword() {
    return begun.copy();
  }

  private Parts parts() {
    var begunParts = parts;
    if (begunParts == null) {
      throw new UnavailableException(
          UnavailableException.Reason.INDEXING,
          "Users and rights are known as soon as the index is made; /health/ready tells how far it is");
    }
    return begunParts;
  }

  @Override
  public Decision decide(Caller caller, Right right) {
    return parts().access.decide(caller, right);
  }

  /// Whether whoever has logged in may read a stream, as of this moment.
  ///
  /// @param stream which
  /// @return whether nobody would be denied
  public boolean everybodyReads(StreamName stream) {
    return parts().access.everybodyReads(stream);
  }

  @Override
  public void require(Caller caller, Right right) {
    parts().access.require(caller, right);
  }

  @Override
  public boolean isUnlimited(Caller caller) {
    return parts().access.isUnlimited(caller);
  }

  @Override
  public Optional<Caller> known(Optional<String> authorization) {
    var begunParts = parts;
    return begunParts == null ? Optional.empty() : begunParts.logins.known(authorization);
  }

  @Override
  public Caller authenticate(Optional<String> authorization, String peer)
      throws NotAuthenticatedException {
    var logins = parts().logins;
    begun.join();
    return logins.authenticate(authorization, peer);
  }

  /// All users.
  ///
  /// @return in the order in which they were made
  public List<UserDetails> all() {
    return parts().users.all().stream().map(UserDetails::of).toList();
  }

  /// One user.
  ///
  /// @param name the login name
  /// @return what may be told
  /// @throws UserProblemException if there is none
  public UserDetails details(String name) {
    return UserDetails.of(parts().users.existing(name));
  }

  /// A user as somebody who has logged in.
  ///
  /// @param name the login name
  /// @return the caller
  /// @throws UserProblemException if there is none
  public Caller caller(String name) {
    return parts().users.existing(name).asCaller();
  }

  /// Makes a user. One who is there already stays, if the password is the same.
  ///
  /// @param name the login name
  /// @param password with which the user logs in
  /// @param fullName for people
  /// @param groups what the user belongs to
  /// @param entry recorded with it
  /// @throws UserProblemException if there is one, with another password
  public void create(
      String name, String password, String fullName, List<String> groups, Audit.Entry entry) {
    parts().users.create(name, password, fullName, groups, entry);
  }

  /// Gives a user another name for people, and other groups.
  ///
  /// @param name the login name
  /// @param fullName for people
  /// @param groups what the user belongs to
  /// @param entry recorded with it
  /// @throws UserProblemException if there is none
  public void update(String name, String fullName, List<String> groups, Audit.Entry entry) {
    parts().users.update(name, fullName, groups, entry);
  }

  /// Takes a user away.
  ///
  /// @param name the login name
  /// @param entry recorded with it
  /// @throws UserProblemException if there is none
  public void delete(String name, Audit.Entry entry) {
    parts().users.delete(name, entry);
  }

  /// Lets a user log in, or not.
  ///
  /// @param name the login name
  /// @param enabled whether the user may
  /// @param entry recorded with it
  /// @throws UserProblemException if there is none
  public void enable(String name, boolean enabled, Audit.Entry entry) {
    parts().users.enable(name, enabled, entry);
  }

  /// Gives a user another password, whatever the old one was.
  ///
  /// @param name the login name
  /// @param password the new one
  /// @param entry recorded with it
  /// @throws UserProblemException if there is none
  public void resetPassword(String name, String password, Audit.Entry entry) {
    parts().users.resetPassword(name, password, entry);
  }

  /// Gives a user another password. Guessing at the old one is slow, as when logging in.
  ///
  /// @param name the login name
  /// @param current the old one
  /// @param password the new one
  /// @param peer the address of the client
  /// @param entry recorded with it
  /// @return whether the old one was right
  /// @throws UserProblemException if there is none
  public boolean changePassword(
      String name, String current, String password, String peer, Audit.Entry entry) {
    var begunParts = parts();
    begunParts.users.existing(name);
    try {
      begunParts.logins.byPassword(name, current, peer);
    } catch (NotAuthenticatedException e) {
      return false;
    }
    begunParts.users.resetPassword(name, password, entry);
    return true;
  }

  /// What stands for the password of somebody who has logged in.
  ///
  /// @param caller who
  /// @param lifetime how long; a day at most
  /// @return the token
  /// @throws NotAuthorizedException if that is nobody
  public AccessToken token(Caller caller, Duration lifetime) {
    if (caller instanceof Caller.User user) {
      return parts().tokens.issue(user, lifetime);
    }
    throw new NotAuthorizedException(
        "A token is for a user, and %s is none".formatted(caller.name()));
  }

  /// Where it is recorded what administrators do.
  ///
  /// @return the audit of this node
  public Audit audit() {
    return parts().audit;
  }

  /// Ends. The store stays open.
  @Override
  public void close() {
    var begunParts = parts;
    if (begunParts != null) {
      begunParts.changes.close();
    }
  }
}
