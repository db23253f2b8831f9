// SPDX-License-Identifier: Apache-2.0

package io.leftfold.examples.cart;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.regex.Pattern;

/// Somebody who visits a shop without JavaScript: sends forms, and follows no redirect by itself.
///
/// @param port where the shop listens
record Visitor(HttpClient client, int port) {

  /// The id of a form.
  private static final Pattern ID = Pattern.compile("name=\"id\" value=\"([^\"]+)\"");

  record Answer(int status, HttpHeaders headers, String body) {
    String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    /// What people read, in one line.
    String text() {
      return body()
          .replaceAll("(?s)<head>.*</head>", "")
          .replaceAll("<[^>]*>", " ")
          .replace("&lt;", "<")
          .replace("&gt;", ">")
          .replace("&#34;", "\"")
          .replaceAll("\\s+", " ")
          .strip();
    }

    /// The part of the page that is about an article.
    Answer about(String article) {
      var begin = body().indexOf("<li id=\"%s\">".formatted(article));
      var part = begin < 0 ? "" : body().substring(begin, body().indexOf("</li>", begin));
      return new Answer(status, headers, part);
    }

    /// The id that the first form has.
    String id() {
      var found = ID.matcher(body());
      if (!found.find()) {
        throw new AssertionError("There is no form in " + body());
      }
      return found.group(1);
    }
  }

  HttpRequest.Builder at(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)));
  }

  Answer get(String path) {
    return send(at(path));
  }

  /// Sends a form.
  ///
  /// @param fields names and values by turns
  Answer post(String path, String... fields) {
    return send(form(path, fields));
  }

  HttpRequest.Builder form(String path, String... fields) {
    var pairs = new ArrayList<String>();
    for (var i = 0; i < fields.length; i += 2) {
      pairs.add(fields[i] + "=" + URLEncoder.encode(fields[i + 1], StandardCharsets.UTF_8));
    }
    return at(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(String.join("&", pairs)));
  }

  Answer send(HttpRequest.Builder request) {
    try {
      var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("No answer", e);
    }
  }
}
