// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.EventStore;
import io.leftfold.api.NotAuthorizedException;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.api.StreamTombstonedException;
import io.leftfold.server.access.Decision.Grounds;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides by what the store says: the metadata of the stream, else `$settings`, else what holds
/// where nothing is said.
final class StoredAccess implements Access {

  private static final List<String> EVERYBODY = List.of("$all");
  private static final List<String> ADMINS = List.of(Caller.ADMINS);
  private static final List<String> OPERATORS = List.of(Caller.ADMINS, Caller.OPS);
  private static final Caller.User NOBODY_IN_PARTICULAR = new Caller.User("", Set.of(), 0, false);
  private static final String ADMIN = "admin";
  private static final String OPS = "ops";

  private final Users users;
  private final Anonymous anonymous;
  private final DenialLog log;
  private final Remembered<Optional<Acl>> lists;
  private final Remembered<DefaultRights> defaults;

  /// What those may do who name no user.
  ///
  /// @param endpoints whether they may ask the node about itself
  /// @param streams whether they may use the streams that let everybody
  record Anonymous(boolean endpoints, boolean streams) {}

  StoredAccess(EventStore store, Changes changes, Users users, Anonymous anonymous, DenialLog log) {
    this.users = users;
    this.anonymous = anonymous;
    this.log = log;
    this.lists = new Remembered<>(changes, stream -> list(store, stream));
    this.defaults = new Remembered<>(changes, stream -> defaults(store, stream));
  }

  private static Optional<Acl> list(EventStore store, StreamName stream) {
    try {
      return stream.isMetastream()
          ? Optional.empty()
          : Optional.of(store.metadata(stream).metadata()).flatMap(StreamMetadata::acl);
    } catch (StreamTombstonedException e) {
      return Optional.empty(); // nothing is left that could be guarded
    }
  }

  private static DefaultRights defaults(EventStore store, StreamName stream) {
    try (var last = store.read(stream, ReadOptions.backwards().limit(1))) {
      return last.events().stream()
          .findFirst()
          .map(event -> AccessJson.defaultRights(event.data()))
          .orElse(DefaultRights.NONE);
    } catch (StreamTombstonedException e) {
      return DefaultRights.NONE;
    }
  }

  /// The list of a stream, as of this moment.
  Optional<Acl> listOf(StreamName stream) {
    return lists.of(stream);
  }

  /// Whether whoever has logged in may read a stream, as of this moment.
  boolean everybodyReads(StreamName stream) {
    return decideFor(NOBODY_IN_PARTICULAR, Right.OnStream.to(Acl.Action.READ, stream)).granted();
  }

  @Override
  public void require(Caller caller, Right right) {
    var decision = decide(caller, right);
    if (!decision.granted()) {
      log.denied(decision.explained(caller, right));
      throw new NotAuthorizedException(decision.toCaller(caller, right));
    }
  }

  @Override
  public boolean isUnlimited(Caller caller) {
    return switch (caller) {
      case Caller.Trusted() -> true;
      case Caller.Anonymous() -> false;
      case Caller.User user ->
          users.current(user).filter(StoredAccess::isAdministrator).isPresent();
    };
  }

  private static boolean isAdministrator(Caller.User user) {
    return user.name().equals(ADMIN) || user.groups().contains(Caller.ADMINS);
  }

  @Override
  public Decision decide(Caller caller, Right right) {
    return switch (caller) {
      case Caller.Trusted() -> Decision.granted(Grounds.TRUSTED);
      case Caller.Anonymous() ->
          switch (right) {
            case Right.OnNode onNode -> decideOnNode(onNode);
            case Right.OnStream onStream -> decideOnStream(Optional.empty(), onStream);
          };
      case Caller.User user ->
          users
              .current(user)
              .map(current -> decideFor(current, right))
              .orElse(Decision.denied(Grounds.NO_LONGER_VALID));
    };
  }

  private Decision decideFor(Caller.User user, Right right) {
    if (right instanceof Right.OnStream(var action, var stream)
        && stream.equals(Streams.AUDIT)
        && (action == Acl.Action.WRITE || action == Acl.Action.DELETE)) {
      return Decision.denied(Grounds.NODE_ALONE);
    }
    if (right == Right.OnNode.GET_TOKEN && user.byToken()) {
      return Decision.denied(Grounds.PASSWORD_NEEDED);
    }
    if (isAdministrator(user)) {
      return Decision.granted(Grounds.ADMINISTRATOR);
    }
    return switch (right) {
      case Right.OnNode onNode -> decideOnNode(user, onNode);
      case Right.OnStream onStream -> decideOnStream(Optional.of(user), onStream);
    };
  }

  /// Of whoever has not logged in.
  private Decision decideOnNode(Right.OnNode right) {
    return switch (right) {
      case STATISTICS -> new Decision(anonymous.endpoints(), Grounds.LOGGED_IN, List.of());
      case GET_TOKEN, READ_SCHEMAS -> Decision.denied(Grounds.LOGGED_IN);
      case OPERATE, MANAGE_GROUPS, MANAGE_PROJECTIONS, MANAGE_SCHEMAS, MANAGE_INDEXES ->
          new Decision(false, Grounds.GROUP, OPERATORS);
      case MANAGE_USERS, EXPLAIN_ACCESS -> new Decision(false, Grounds.GROUP, ADMINS);
    };
  }

  private static Decision decideOnNode(Caller.User user, Right.OnNode right) {
    return switch (right) {
      case STATISTICS, GET_TOKEN, READ_SCHEMAS -> Decision.granted(Grounds.LOGGED_IN);
      case OPERATE, MANAGE_GROUPS, MANAGE_PROJECTIONS, MANAGE_SCHEMAS, MANAGE_INDEXES ->
          new Decision(
              user.name().equals(OPS) || user.groups().contains(Caller.OPS),
              Grounds.GROUP,
              OPERATORS);
      case MANAGE_USERS, EXPLAIN_ACCESS -> new Decision(false, Grounds.GROUP, ADMINS);
    };
  }

  private Decision decideOnStream(Optional<Caller.User> user, Right.OnStream right) {
    var own = lists.of(right.stream()).map(list -> list.actions().get(right.action()));
    if (own.isPresent()) {
      return byList(user, Grounds.STREAM, own.get());
    }
    if (right.stream().equals(Streams.AUDIT)) {
      return byList(user, Grounds.DEFAULT, ADMINS);
    }
    var isSystem = right.stream().isSystem();
    var settings = defaults.of(Streams.SETTINGS);
    var ofKind =
        (isSystem ? settings.systemStreams() : settings.userStreams())
            .actions()
            .get(right.action());
    return ofKind != null
        ? byList(user, Grounds.SETTINGS, ofKind)
        : byList(user, Grounds.DEFAULT, isSystem ? ADMINS : EVERYBODY);
  }

  private Decision byList(Optional<Caller.User> user, Grounds grounds, List<String> roles) {
    var everybody = roles.contains("$all");
    var granted =
        user.isPresent()
            ? everybody || roles.stream().anyMatch(user.get()::is)
            : everybody && anonymous.streams();
    return new Decision(granted, grounds, roles);
  }
}
