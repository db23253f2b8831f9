// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.ContentType;
import io.leftfold.api.EventStore;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.api.WrongExpectedStateException;
import io.leftfold.server.access.UserProblemException.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The users, kept as events where KurrentDB keeps them: the last event of `$user-<name>` is what
/// holds, and `$users` has a name for each that was made.
///
/// Whatever is changed is recorded in one commit with the [Audit] of it. All methods that change
/// something wait until that is durable.
final class Users {

  private static final int NAME_CHARS_MAX = 200;
  private static final String AN_HOUR = "{\"$maxAge\":3600}";
  private static final String DELETED = "{\"$tb\":9223372036854775807}";

  private final EventStore store;
  private final PasswordChecks passwords;
  private final Supplier<UUID> ids;
  private final Remembered<Optional<User>> users;

  Users(EventStore store, Changes changes, PasswordChecks passwords, Supplier<UUID> ids) {
    this.store = store;
    this.passwords = passwords;
    this.ids = ids;
    this.users = new Remembered<>(changes, this::look);
  }

  private Optional<User> look(StreamName stream) {
    var name = stream.value().substring(User.STREAM_PREFIX.length());
    try (var last = store.read(stream, ReadOptions.backwards().limit(1))) {
      return last.events().stream().findFirst().flatMap(event -> AccessJson.user(name, event));
    } catch (StreamTombstonedException e) {
      return Optional.empty();
    }
  }

  /// A user, as of this moment.
  Optional<User> find(String name) {
    return isName(name) ? users.of(User.stream(name)) : Optional.empty();
  }

  private static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= NAME_CHARS_MAX
        && name.codePoints()
            .noneMatch(c ->
                c == ':'
                    || Character.isISOControl(c)
                    || Character.getType(c) == Character.SURROGATE);
  }

  /// Somebody who has logged in, with the groups of this moment; empty if the login does not hold
  /// any more.
  Optional<Caller.User> current(Caller.User caller) {
    var user = find(caller.name());
    if (user.isEmpty() || user.get().disabled() || user.get().stamp() != caller.stamp()) {
      return Optional.empty();
    }
    return Optional.of(user.get().asCaller(caller.byToken()));
  }

  List<User> all() {
    var names = new LinkedHashSet<String>();
    try (var made = store.read(Streams.USERS, ReadOptions.forwards())) {
      made.events().forEach(event -> names.add(event.dataAsText()));
    } catch (StreamTombstonedException e) {
      names.clear();
    }
    return names.stream().flatMap(name -> find(name).stream()).toList();
  }

  boolean none() {
    return store.state(Streams.USERS).lastRevision() < 0;
  }

  /// Makes a user. One who is there already stays, if the password is the same.
  void create(
      String name, String password, String fullName, List<String> groups, Audit.Entry entry) {
    requireName(name);
    requirePassword(password);
    var there = find(name);
    if (there.isPresent()) {
      if (!passwords.check(there, password).matches()) {
        throw new UserProblemException(Problem.CONFLICT, name);
      }
      store.append(List.of(Audit.part(entry, ids)));
      return;
    }
    var user = new User(name, fullName, groups, false, Instant.EPOCH, passwords.hash(password), -1);
    record(
        user,
        Problem.CONFLICT,
        new StreamAppend(
            User.stream(name),
            ExpectedState.noStream(),
            List.of(json("$UserCreated", AccessJson.encode(user)))),
        new StreamAppend(Streams.USERS, ExpectedState.any(), List.of(named(name))),
        Audit.part(entry, ids));
  }

  /// A user of a new store.
  record First(String name, String password, String fullName, String group) {}

  /// Makes the users of a new store, all of them or none: whoever finds one finds the others.
  void createFirst(List<First> first, StreamAppend audit) {
    var parts = new ArrayList<StreamAppend>();
    for (var user : first) {
      var made =
          new User(
              user.name,
              user.fullName,
              List.of(user.group),
              false,
              Instant.EPOCH,
              passwords.hash(user.password),
              -1);
      parts.add(
          new StreamAppend(
              User.stream(user.name),
              ExpectedState.noStream(),
              List.of(json("$UserCreated", AccessJson.encode(made)))));
    }
    parts.add(
        new StreamAppend(
            Streams.USERS,
            ExpectedState.noStream(),
            first.stream().map(user -> named(user.name)).toList()));
    parts.add(
        new StreamAppend(
            Streams.PASSWORD_NOTIFICATIONS.metastream(),
            ExpectedState.any(),
            List.of(json(RecordedEvent.METADATA_TYPE, AN_HOUR.getBytes(StandardCharsets.UTF_8)))));
    parts.add(audit);
    store.append(parts);
  }

  /// Gives a user another name for people, and other groups.
  void update(String name, String fullName, List<String> groups, Audit.Entry entry) {
    change(existing(name).with(fullName, groups), entry);
  }

  void enable(String name, boolean enabled, Audit.Entry entry) {
    change(existing(name).withDisabled(!enabled), entry);
  }

  /// Gives a user another password, whatever the old one was.
  void resetPassword(String name, String password, Audit.Entry entry) {
    requirePassword(password);
    changePassword(existing(name), passwords.hash(password), entry);
  }

  private void changePassword(User user, PasswordHash password, Audit.Entry entry) {
    var changed = user.with(password);
    record(
        changed,
        Problem.TRY_AGAIN,
        updated(changed),
        new StreamAppend(
            Streams.PASSWORD_NOTIFICATIONS,
            ExpectedState.any(),
            List.of(json("$PasswordChanged", Audit.json("loginName", user.name())))),
        Audit.part(entry, ids));
  }

  /// Keeps more of a password than was kept: it stays the same.
  void strengthen(User user, PasswordHash stronger) {
    var changed = user.with(stronger);
    record(changed, Problem.TRY_AGAIN, updated(changed));
  }

  void delete(String name, Audit.Entry entry) {
    var user = existing(name);
    record(
        user,
        Problem.TRY_AGAIN,
        new StreamAppend(User.stream(name), ExpectedState.atRevision(user.revision()), List.of()),
        new StreamAppend(
            User.stream(name).metastream(),
            ExpectedState.any(),
            List.of(json(RecordedEvent.METADATA_TYPE, DELETED.getBytes(StandardCharsets.UTF_8)))),
        Audit.part(entry, ids));
  }

  User existing(String name) {
    return find(name).orElseThrow(() -> new UserProblemException(Problem.NOT_FOUND, name));
  }

  private void change(User changed, Audit.Entry entry) {
    record(changed, Problem.TRY_AGAIN, updated(changed), Audit.part(entry, ids));
  }

  private StreamAppend updated(User changed) {
    return new StreamAppend(
        User.stream(changed.name()),
        ExpectedState.atRevision(changed.revision()),
        List.of(json("$UserUpdated", AccessJson.encode(changed))));
  }

  private void record(User user, Problem ifChanged, StreamAppend... parts) {
    try {
      store.append(List.of(parts));
    } catch (WrongExpectedStateException e) {
      throw new UserProblemException(ifChanged, user.name());
    }
  }

  private ProposedEvent json(String type, byte[] data) {
    return new ProposedEvent(ids.get(), type, ContentType.JSON, data, new byte[0], List.of());
  }

  private ProposedEvent named(String name) {
    return new ProposedEvent(
        ids.get(),
        "$User",
        ContentType.BINARY,
        name.getBytes(StandardCharsets.UTF_8),
        new byte[0],
        List.of());
  }

  private static void requireName(String name) {
    if (!isName(name) || name.startsWith("$")) {
      throw new IllegalArgumentException(
          "A login name has 1 to %d characters, no colon and no control characters, and does not begin with \"$\"; got another one, of %d characters"
              .formatted(NAME_CHARS_MAX, name.length()));
    }
  }

  private static void requirePassword(String password) {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("A password has at least one character, got none");
    }
  }
}
