// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.users;

import io.leftfold.api.NotAuthorizedException;
import io.leftfold.server.access.Caller;
import io.leftfold.server.access.UserDetails;
import io.leftfold.server.access.UserProblemException;
import io.leftfold.server.http.atom.feed.Json;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Refusals;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Request;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import io.leftfold.server.node.Administration;
import io.leftfold.server.node.Session;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What there is behind `/users…`, and `/admin/login`, of a node that knows users.
public final class UserPages implements Resource.Routes {

  private static final String JSON = "application/json; charset=utf-8";
  private static final JsonMapper MAPPER = JsonMapper.shared();

  /// The pages.
  public UserPages() {}

  /// What a page does.
  private interface Work {
    Answer answer(Administration users, Request request, Session session);
  }

  /// Who somebody is who has logged in.
  ///
  /// @return behind `/admin/login`
  public static Resource login() {
    return Resource.get(of("", UserPages::own));
  }

  @Override
  public Optional<Resource> find(Target target) {
    var path = target.segmentsWithoutLastSlash();
    if (path.size() == 1) {
      return Optional.of(
          Resource.get(of("", UserPages::all)).and("POST", of("", UserPages::create)));
    }
    var login = path.get(1);
    if (path.size() == 2) {
      return Optional.of(
          login.equals("$current")
              ? Resource.get(of("", UserPages::own))
              : Resource.get(of(login, (users, request, _) -> details(users.user(login), request)))
                  .and("PUT", of(login, (users, request, _) -> update(users, login, request)))
                  .and(
                      "DELETE",
                      of(
                          login,
                          (users, _, _) -> {
                            users.delete(login);
                            return done(login);
                          })));
    }
    return path.size() == 4 && path.get(2).equals("command")
        ? command(login, path.get(3)).map(work -> Resource.post(of(login, work)))
        : Optional.empty();
  }

  private static Optional<Work> command(String login, String command) {
    return switch (command) {
      case "enable", "disable" ->
          Optional.of((users, _, _) -> {
            users.enable(login, command.equals("enable"));
            return done(login);
          });
      case "reset-password" ->
          Optional.of((users, request, _) -> {
            users.resetPassword(login, text(json(request), "newPassword"));
            return done(login);
          });
      case "change-password" ->
          Optional.of((users, request, _) -> {
            var json = json(request);
            users.changePassword(login, text(json, "currentPassword"), text(json, "newPassword"));
            return done(login);
          });
      default -> Optional.empty();
    };
  }

  /// Refusals have a body too, that says whom they are about.
  private static Resource.Work of(String login, Work work) {
    return (request, session) -> {
      var users = session.administration().orElseThrow(RefusedException::notFound);
      try {
        return work.answer(users, request, session);
      } catch (UserProblemException problem) {
        return switch (problem.problem()) {
          case NOT_FOUND -> failed(Status.NOT_FOUND, problem.user(), "NotFound");
          case CONFLICT -> failed(Status.CONFLICT, problem.user(), "Conflict");
          case TRY_AGAIN -> failed(Status.TIMEOUT, problem.user(), "TryAgain");
        };
      } catch (NotAuthorizedException _) {
        return failed(Refusals.denied(), login, "Unauthorized");
      } catch (RefusedException refused) {
        return failed(refused.answer(), login, refused.answer().reason());
      } catch (IllegalArgumentException misuse) {
        return failed(Status.BAD_REQUEST, login, String.valueOf(misuse.getMessage()));
      }
    };
  }

  // ---- looking

  private static Answer all(Administration users, Request request, Session session) {
    var all = users.users();
    return Json.answer(json -> {
      json.writeStartObject();
      json.writeName("data");
      json.writeStartArray();
      all.forEach(user -> user(json, user, request));
      json.writeEndArray();
      success(json);
      json.writeEndObject();
    });
  }

  private static Answer own(Administration users, Request request, Session session) {
    return session.caller() instanceof Caller.User user
        ? details(users.user(user.name()), request)
        : failed(Refusals.denied(), "", "Unauthorized");
  }

  private static Answer details(UserDetails user, Request request) {
    return Json.answer(json -> {
      json.writeStartObject();
      json.writeName("data");
      user(json, user, request);
      success(json);
      json.writeEndObject();
    });
  }

  private static void success(JsonGenerator json) {
    json.writeBooleanProperty("success", true);
    json.writeStringProperty("error", "Success");
  }

  private static void user(JsonGenerator json, UserDetails user, Request request) {
    json.writeStartObject();
    json.writeStringProperty("loginName", user.name());
    json.writeStringProperty("fullName", user.fullName());
    json.writeName("groups");
    json.writeStartArray();
    user.groups().forEach(json::writeString);
    json.writeEndArray();
    json.writeStringProperty("dateLastUpdated", user.changed().toString());
    json.writeBooleanProperty("disabled", user.disabled());
    json.writeName("links");
    json.writeStartArray();
    var url = request.url("/users/" + Target.encoded(user.name()));
    link(json, url + "/command/reset-password", "reset-password");
    link(json, url + "/command/change-password", "change-password");
    link(json, url, "edit");
    link(json, url, "delete");
    var other = user.disabled() ? "enable" : "disable";
    link(json, url + "/command/" + other, other);
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void link(JsonGenerator json, String url, String relation) {
    json.writeStartObject();
    json.writeStringProperty("href", url);
    json.writeStringProperty("rel", relation);
    json.writeEndObject();
  }

  // ---- changing

  private static Answer create(Administration users, Request request, Session session) {
    var json = json(request);
    var login = text(json, "loginName");
    var groups = json.has("groups") ? groups(json) : List.<String>of();
    users.create(login, text(json, "password"), text(json, "fullName"), groups);
    return outcome(Status.CREATED, login)
        .with("Location", request.url("/users/" + Target.encoded(login)));
  }

  private static Answer update(Administration users, String login, Request request) {
    var json = json(request);
    users.update(login, text(json, "fullName"), groups(json));
    return done(login);
  }

  private static Answer done(String login) {
    return outcome(Status.OK, login);
  }

  private static Answer outcome(int status, String login) {
    return Answer.of(status, JSON, outcome(login, true, "Success"));
  }

  private static Answer failed(int status, String login, String error) {
    return failed(Answer.refusal(status, ""), login, error);
  }

  private static Answer failed(Answer refusal, String login, String error) {
    return refusal.withContent(JSON, outcome(login, false, error));
  }

  private static Answer.Content outcome(String login, boolean success, String error) {
    return out ->
        Json.write(
            out,
            json -> {
              json.writeStartObject();
              json.writeStringProperty("loginName", login);
              json.writeBooleanProperty("success", success);
              json.writeStringProperty("error", error);
              json.writeEndObject();
            });
  }

  // ---- what requests say

  private static JsonNode json(Request request) {
    if (request
        .header("content-type")
        .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("application/json"))
        .isEmpty()) {
      throw new RefusedException(
          Answer.refusal(Status.UNSUPPORTED_MEDIA_TYPE, "Invalid or missing Content-Type"));
    }
    try {
      var json = MAPPER.readTree(request.body());
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException _) {
      // As below; the body may have a password in it, so nothing of it is told.
    }
    throw RefusedException.badRequest("The body is a JSON object");
  }

  private static String text(JsonNode json, String name) {
    var value = json.get(name);
    if (value == null || !value.isString()) {
      throw RefusedException.badRequest("%s is a text".formatted(name));
    }
    return value.stringValue();
  }

  private static List<String> groups(JsonNode json) {
    var said = json.path("groups");
    if (!said.isArray() || !said.valueStream().allMatch(JsonNode::isString)) {
      throw RefusedException.badRequest("groups is a list of texts");
    }
    return said.valueStream().map(JsonNode::stringValue).toList();
  }
}
