// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import static io.leftfold.server.http.atom.AtomServer.ATOM;
import static io.leftfold.server.http.atom.AtomServer.EVENTS;
import static io.leftfold.server.http.atom.AtomServer.event;
import static io.leftfold.server.http.atom.AtomServer.events;
import static org.assertj.core.api.Assertions.assertThat;

import io.leftfold.server.Authentication;
import io.leftfold.server.Security;
import io.leftfold.server.ServerAtom;
import io.leftfold.server.ServerOptions;
import io.leftfold.server.ShownOption;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Plain HTTP where there are users: who may do what, and what is told of users and the node.
@Timeout(60)
final class SecuredPagesTest {

  private static final int FEW_ROUNDS = 1_000;

  private static AtomServer server;

  @BeforeAll
  static void start() {
    server =
        new AtomServer(
            ServerOptions.insecure()
                .withSecurity(
                    Security.plaintextWithUsers(
                        new Authentication(
                            Optional.of("secret"),
                            Optional.of("secret"),
                            false,
                            false,
                            FEW_ROUNDS)))
                .withShown(
                    List.of(
                        new ShownOption("port", "The port.", "integer", "2114", "LEFTFOLD_PORT"))));
    server.append("open-1", 30);
    var made =
        server.ask(
            "POST /users",
            "{\"loginName\":\"ann\",\"fullName\":\"Ann\",\"groups\":[\"team\"],\"password\":\"pw\"}",
            as("admin", "secret", "Content-Type", "application/json"));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    server.ask(
        "POST /streams/closed-1/metadata",
        "{\"$acl\":{\"$r\":\"team\",\"$w\":[]}}",
        as("admin", "secret", "Content-Type", "application/json"));
    server.append("closed-1", 1);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String[] as(String user, String password, String... headers) {
    var basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    var all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Authorization";
    all[1] = basic;
    return all;
  }

  @Test
  void whoever_is_not_known_or_may_not_is_told_so_alike() {
    var nobody = server.get("/streams/open-1", "Accept", ATOM);
    var wrong = server.get("/streams/open-1", as("ann", "wrong", "Accept", ATOM));
    var ops = server.get("/streams/closed-1", as("ops", "secret", "Accept", ATOM));
    var ann = server.get("/streams/closed-1", as("ann", "pw", "Accept", ATOM));
    var all = server.get("/streams/%24all", as("ann", "pw", "Accept", ATOM));
    var post =
        server.ask(
            "POST /streams/closed-1",
            events(event("A", "{}")),
            as("ann", "pw", "Content-Type", EVENTS));

    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("www-authenticate"))
        .contains("BasicCustom realm=\"Kurrent\"");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("www-authenticate")).contains("X-Basic realm=\"ESDB\"");
    assertThat(ops.statusCode()).isEqualTo(401);
    assertThat(ann.statusCode()).isEqualTo(200);
    assertThat(all.statusCode()).isEqualTo(401);
    assertThat(post.statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /projections/any",
        "GET /stats",
        "GET /users",
        "GET /streams/open-1/0",
        "GET /events",
        "GET /metrics",
        "POST /auth/token"
      })
  void no_browser_asks_people_for_a_password(String page) {
    var nobody = server.ask(page, "");
    var wrong = server.ask(page, "", as("ann", "wrong"));

    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("www-authenticate"))
        .contains("BasicCustom realm=\"Kurrent\"");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("www-authenticate")).contains("X-Basic realm=\"ESDB\"");
  }

  @Test
  void what_strangers_may_not_read_is_kept_by_no_cache_that_they_share() {
    var page = server.get("/streams/open-1/19/backward/20", as("ann", "pw", "Accept", ATOM));
    var redirect = server.get("/streams/open-1/", as("ann", "pw", "Accept", ATOM));

    assertThat(page.headers().firstValue("cache-control")).contains("max-age=31536000, private");
    assertThat(redirect.statusCode()).isEqualTo(307);
    assertThat(redirect.headers().firstValue("cache-control"))
        .contains("max-age=31536000, private");
  }

  @Test
  void users_are_made_looked_at_changed_and_deleted() {
    var admin = as("admin", "secret", "Content-Type", "application/json");
    var name = "user" + UUID.randomUUID();
    var body =
        "{\"loginName\":\"%s\",\"fullName\":\"Some One\",\"groups\":[\"a\"],\"password\":\"p1\"}"
            .formatted(name);

    var made = server.ask("POST /users/", body, admin);
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.headers().firstValue("location")).contains(server.url("/users/" + name));
    assertThat(server.ask("POST /users", body.replace("p1", "p2"), admin).statusCode())
        .isEqualTo(409);
    var details = new JsonObject(server.get("/users/" + name, admin).body()).getJsonObject("data");
    assertThat(details.getString("fullName")).isEqualTo("Some One");
    assertThat(details.getJsonArray("groups")).containsExactly("a");
    assertThat(
            server
                .ask("PUT /users/" + name, "{\"fullName\":\"Other\",\"groups\":[]}", admin)
                .statusCode())
        .isEqualTo(200);
    assertThat(server.ask("POST /users/%s/command/disable".formatted(name), "", admin).statusCode())
        .isEqualTo(200);
    assertThat(server.get("/users/$current", as(name, "p1")).statusCode()).isEqualTo(401);
    server.ask("POST /users/%s/command/enable".formatted(name), "", admin);
    assertThat(
            new JsonObject(server.get("/users/$current", as(name, "p1")).body())
                .getJsonObject("data")
                .getString("loginName"))
        .isEqualTo(name);
    var wrong =
        server.ask(
            "POST /users/%s/command/change-password".formatted(name),
            "{\"currentPassword\":\"x\",\"newPassword\":\"p3\"}",
            as(name, "p1", "Content-Type", "application/json"));
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(
            server
                .ask(
                    "POST /users/%s/command/reset-password".formatted(name),
                    "{\"newPassword\":\"p4\"}",
                    admin)
                .statusCode())
        .isEqualTo(200);
    assertThat(server.get("/admin/login", as(name, "p4")).statusCode()).isEqualTo(200);
    assertThat(server.ask("DELETE /users/" + name, "", admin).statusCode()).isEqualTo(200);
    var gone = server.get("/users/" + name, admin);
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(new JsonObject(gone.body()).getString("error")).isEqualTo("NotFound");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          POST /users                             | admin | {"loginName":"x","fullName":"X"}           | 400 |     | password is a text
          POST /users                             | admin | {"loginName":"x","password":"x"}           | 400 |     | fullName is a text
          POST /users                             | admin | {"loginName":"x","fullName":"X","password":"x","groups":"a"} | 400 | | groups is a list of texts
          POST /users                             | admin | {"loginName":                              | 400 |     | The body is a JSON object
          POST /users                             | ann   | {"loginName":"x","fullName":"X","password":"x"} | 401 | | Unauthorized
          PUT /users/ann                          | admin | {"fullName":"Other"}                       | 400 | ann | groups is a list of texts
          PUT /users/ann                          | admin | {"fullName":"Other","groups":null}         | 400 | ann | groups is a list of texts
          PUT /users/ann                          | admin | {"fullName":"Other","groups":["a",1]}      | 400 | ann | groups is a list of texts
          PUT /users/ann                          | admin | {"groups":[]}                              | 400 | ann | fullName is a text
          PUT /users/ann                          | ops   | {"fullName":"Other","groups":[]}           | 401 | ann | Unauthorized
          PUT /users/bob                          | admin | {"fullName":"Other","groups":[]}           | 404 | bob | NotFound
          POST /users/ann/command/change-password | ann   | {"currentPassword":"x","newPassword":"y"}  | 401 | ann | Unauthorized
          POST /users/ann/command/change-password | ann   | {"currentPassword":"pw"}                   | 400 | ann | newPassword is a text
          POST /users/bob/command/reset-password  | admin | {"newPassword":"y"}                        | 404 | bob | NotFound
          """)
  void what_is_refused_about_a_user_says_so_in_its_body_and_changes_nothing(
      String request, String caller, String body, int status, String login, String error) {
    var password = caller.equals("ann") ? "pw" : "secret";

    var answer =
        server.ask(request, body, as(caller, password, "Content-Type", "application/json"));

    assertThat(answer.statusCode()).isEqualTo(status);
    var said = new JsonObject(answer.body());
    assertThat(said.getString("loginName")).isEqualTo(login == null ? "" : login);
    assertThat(said.getBoolean("success")).isFalse();
    assertThat(said.getString("error")).isEqualTo(error);
    var ann = new JsonObject(server.get("/users/ann", as("ann", "pw")).body());
    assertThat(ann.getJsonObject("data").getString("fullName")).isEqualTo("Ann");
    assertThat(ann.getJsonObject("data").getJsonArray("groups")).containsExactly("team");
  }

  @ParameterizedTest
  @CsvSource({
    "GET /stats, ann, 200",
    "GET /stats/proc/id, ann, 200",
    "GET /stats/proc/nothing, ann, 404",
    "GET /stats/, ann, 200",
    "GET /stats/proc/, ann, 200",
    "GET /stats/proc?group=false, ann, 400",
    "GET /stats/replication, ann, 200",
    "GET /sys/subsystems, ann, 200",
    "GET /info/options, ops, 200",
    "GET /info/options, ann, 401",
    "GET /info/options, -, 401",
    "GET /gossip, -, 200",
    "GET /stats, -, 401",
    "GET /sys/subsystems, -, 401",
    "GET /users, ann, 401",
    "GET /users, admin, 200",
    "GET /users/ann, ann, 200",
    "POST /admin/mergeindexes, ann, 401",
    "POST /admin/mergeindexes, ops, 200",
    "POST /admin/reloadconfig, ops, 200",
    "POST /admin/node/resign, ops, 200",
    "POST /admin/node/priority/3, ops, 200",
    "POST /admin/node/priority/x, ops, 400",
    "POST /admin/scavenge, ann, 401",
    "GET /admin/scavenge/last, ops, 200",
    "GET /admin/scavenge/current, ops, 200",
    "DELETE /admin/scavenge/none, ops, 404",
    "POST /admin/shutdown, ann, 401",
    "GET /admin/nothing, ops, 404"
  })
  void the_node_tells_and_does_what_the_caller_may_ask(String request, String user, int status) {
    var headers = user.equals("-") ? new String[0] : as(user, user.equals("ann") ? "pw" : "secret");

    assertThat(server.ask(request, "", headers).statusCode()).isEqualTo(status);
  }

  @Test
  void statistics_are_in_groups_or_not_and_say_their_names() {
    var grouped = new JsonObject(server.get("/stats", as("ann", "pw")).body());
    var flat = new JsonObject(server.get("/stats?group=false", as("ann", "pw")).body());
    var named = new JsonObject(server.get("/stats/proc?metadata=true", as("ann", "pw")).body());

    var id = grouped.getJsonObject("proc").getLong("id");
    assertThat(flat.getLong("proc-id")).isEqualTo(id);
    assertThat(named.getJsonObject("id"))
        .isEqualTo(new JsonObject().put("value", id.intValue()).put("title", "proc-id"));
  }

  @Test
  void statistics_are_kept_for_a_second_but_for_no_stranger() {
    assertThat(server.get("/stats", as("ann", "pw")).headers().firstValue("cache-control"))
        .contains("max-age=1, private");
    try (var open = new AtomServer()) {
      assertThat(open.get("/stats").headers().firstValue("cache-control"))
          .contains("max-age=1, public");
    }
  }

  @Test
  void operators_see_how_the_server_was_configured() {
    var options = new JsonArray(server.get("/info/options", as("ops", "secret")).body());

    assertThat(options)
        .containsExactly(
            new JsonObject()
                .put("name", "port")
                .put("description", "The port.")
                .put("group", "Leftfold")
                .put("value", "2114")
                .put("configurationSource", "LEFTFOLD_PORT")
                .putNull("deprecationMessage")
                .put("schema", new JsonObject().put("type", "integer")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          throttlePercent=0             | throttlePercent must be between 1 and 100 inclusive
          throttlePercent=101           | throttlePercent must be between 1 and 100 inclusive
          throttlePercent=50&threads=2  | throttlePercent must be 100 for a multi-threaded scavenge
          throttlePercent=50            | throttlePercent must be 100: a server scavenges as fast as it can
          threads=0                     | threads must be a 1 or above
          threshold=10                  | threshold is a weight of log files, which Leftfold does not count: it must be 0 or less, for all that may be forgotten
          syncOnly=true                 | syncOnly must be false: there is no scavenge elsewhere to catch up with
          startFromChunk=-1             | startFromChunk must be a positive integer
          startFromChunk=first          | startFromChunk is a whole number, got first
          """)
  void a_scavenge_that_would_be_another_is_not_begun(String parameters, String reason) {
    var answer = server.ask("POST /admin/scavenge?" + parameters, "", as("ops", "secret"));

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(reason);
  }

  @Test
  void a_scavenge_tells_its_id() {
    var begun =
        server.ask(
            "POST /admin/scavenge?startFromChunk=0&threads=4&threshold=-1&throttlePercent=100&syncOnly=false",
            "",
            as("ops", "secret"));

    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(200);
    var id = new JsonObject(begun.body()).getString("scavengeId");
    assertThat(server.get("/admin/scavenge/last", as("ops", "secret")).body()).contains(id);
    assertThat(server.get("/admin/scavenge/" + id, as("ops", "secret")).statusCode())
        .isEqualTo(200);
  }

  @Test
  void what_is_switched_off_is_not_there() {
    try (var closed =
        new AtomServer(
            ServerOptions.insecure().withAtom(new ServerAtom(false, true, false, false)))) {
      for (var path :
          new String[] {"/streams/a-1", "/subscriptions", "/stats", "/metrics", "/gossip"}) {
        assertThat(closed.get(path, "Accept", "*/*").statusCode()).as(path).isEqualTo(404);
      }
      assertThat(closed.get("/info").body()).contains("\"atomPub\":false");
    }
  }

  @Test
  void where_nothing_is_to_be_kept_everything_is_asked_for_again() {
    try (var uncached =
        new AtomServer(
            ServerOptions.insecure().withAtom(new ServerAtom(true, false, true, true)))) {
      uncached.append("a-1", 30);

      assertThat(
              uncached
                  .get("/streams/a-1/9/backward/5", "Accept", ATOM)
                  .headers()
                  .firstValue("cache-control"))
          .contains("max-age=0, no-cache, must-revalidate");
    }
  }
}
