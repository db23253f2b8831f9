// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.bank;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Requests to a bank that is open, and its answers, each of which is as it is [Described].
///
/// @param port where it listens
record Requests(HttpClient client, int port) {

  record Answer(int status, String type, JsonNode body) {
    long number(String field) {
      return body.get(field).longValue();
    }

    String text(String field) {
      return body.get(field).stringValue();
    }
  }

  HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)));
  }

  /// With a key of its own.
  Answer send(String method, String path, String json) {
    return send(
        at(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .method(method, BodyPublishers.ofString(json)));
  }

  Answer send(HttpRequest.Builder request) {
    try {
      var sent = request.build();
      var response = client.send(sent, HttpResponse.BodyHandlers.ofString());
      var answer =
          new Answer(
              response.statusCode(),
              response.headers().firstValue("Content-Type").orElse(""),
              JsonMapper.shared().readTree(response.body()));
      Described.check(sent.method(), sent.uri().getPath(), answer);
      return answer;
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("No answer", e);
    }
  }
}
