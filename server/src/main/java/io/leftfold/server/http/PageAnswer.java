// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import io.leftfold.server.http.exchange.Answer;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;

/// What a page answers.
///
/// @param status of HTTP
/// @param type its media type
/// @param body a text
/// @param headers further ones
record PageAnswer(int status, String type, String body, Map<String, String> headers) {

  static final int OK = 200;
  static final String JSON = "application/json; charset=utf-8";

  PageAnswer {
    headers = Map.copyOf(headers);
  }

  PageAnswer(int status, String type, String body) {
    this(status, type, body, Map.of());
  }

  static PageAnswer json(JsonObject body) {
    return new PageAnswer(OK, JSON, body.encode());
  }

  static PageAnswer text(int status, String body) {
    return new PageAnswer(status, "text/plain; charset=utf-8", body);
  }

  PageAnswer with(String header, String value) {
    var more = new HashMap<>(headers);
    more.put(header, value);
    return new PageAnswer(status, type, body, more);
  }

  Answer answer() {
    var answer = Answer.text(status, type, body);
    for (var header : headers.entrySet()) {
      answer = answer.with(header.getKey(), header.getValue());
    }
    return answer;
  }
}
