// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamMetadata.Acl;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Users and default rights as the JSON that KurrentDB keeps them in.
///
/// A user has two keys more, `algorithm` and `iterations`; where they are missing the password was
/// hashed as KurrentDB does.
final class AccessJson {

  private static final JsonMapper JSON = JsonMapper.shared();

  private AccessJson() {}

  static byte[] encode(User user) {
    var json = JSON.createObjectNode();
    json.put("loginName", user.name());
    json.put("fullName", user.fullName());
    var base64 = Base64.getEncoder();
    json.put("salt", base64.encodeToString(user.password().salt()));
    json.put("hash", base64.encodeToString(user.password().hash()));
    json.put("disabled", user.disabled());
    var groups = json.putArray("groups");
    user.groups().forEach(groups::add);
    json.put("algorithm", user.password().algorithm());
    json.put("iterations", user.password().iterations());
    return JSON.writeValueAsBytes(json);
  }

  /// The user that an event describes; empty if it is none that could log in.
  static Optional<User> user(String name, RecordedEvent event) {
    try {
      var json = JSON.readTree(event.data());
      var base64 = Base64.getDecoder();
      var password =
          new PasswordHash(
              json.path("algorithm").asString(PasswordHash.KURRENT_ALGORITHM),
              json.path("iterations").asInt(PasswordHash.KURRENT_ITERATIONS),
              base64.decode(json.path("salt").asString("")),
              base64.decode(json.path("hash").asString("")));
      return Optional.of(
          new User(
              name,
              json.path("fullName").asString(""),
              names(json.path("groups")).orElse(List.of()),
              json.path("disabled").asBoolean(false),
              event.recorded(),
              password,
              event.revision()));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// What `$settings` says; nothing if it cannot be understood.
  static DefaultRights defaultRights(byte[] data) {
    try {
      var json = JSON.readTree(data);
      return new DefaultRights(acl(json.get("$userStreamAcl")), acl(json.get("$systemStreamAcl")));
    } catch (JacksonException | IllegalArgumentException e) {
      return DefaultRights.NONE;
    }
  }

  /// The list in a stream's metadata; empty if there is none.
  static Optional<Acl> list(byte[] metadata) {
    try {
      var json = JSON.readTree(metadata).get("$acl");
      return json == null || json.isNull() ? Optional.empty() : Optional.of(acl(json));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Acl acl(@Nullable JsonNode json) {
    var lists = new EnumMap<Acl.Action, List<String>>(Acl.Action.class);
    if (json != null && !json.isNull()) {
      for (var action : Acl.Action.values()) {
        names(json.path(new Right.OnStream(action, Streams.SETTINGS).key()))
            .ifPresent(names -> lists.put(action, names));
      }
    }
    return new Acl(lists);
  }

  /// A text or a list of texts; empty if there is nothing.
  private static Optional<List<String>> names(JsonNode json) {
    if (json.isMissingNode() || json.isNull()) {
      return Optional.empty();
    }
    if (json.isString()) {
      return Optional.of(List.of(json.stringValue()));
    }
    if (!json.isArray()) {
      throw new IllegalArgumentException("A list of names is a text or a list of texts");
    }
    var names = new ArrayList<String>();
    for (var name : json) {
      if (!name.isString()) {
        throw new IllegalArgumentException("A list of names is a text or a list of texts");
      }
      names.add(name.stringValue());
    }
    return Optional.of(List.copyOf(names));
  }
}
