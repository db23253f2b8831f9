// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Status;
import io.leftfold.server.http.exchange.Target;
import java.util.List;
import java.util.Optional;

/// `/ui/…` and `/web/…`, where KurrentDB has pages for people: says that there are none here, and
/// where else what was asked for can be seen.
public final class NoBrowserPages implements Resource.Routes {

  private static final String HTML = "text/html; charset=utf-8";

  /// The answers.
  public NoBrowserPages() {}

  @Override
  public Optional<Resource> find(Target target) {
    var link = elsewhere(target.segmentsWithoutLastSlash());
    return Optional.of(
        Resource.get((request, _) ->
            Answer.refusal(Status.NOT_FOUND, "")
                .withContent(HTML, out -> out.write(page(request.url(link)).getBytes(UTF_8)))));
  }

  /// What is as JSON what the page would have shown.
  private static String elsewhere(List<String> path) {
    return path.size() == 3 && path.get(1).equals("streams")
        ? "/streams/%s?format=json".formatted(Target.encoded(path.get(2)))
        : "/info";
  }

  private static String page(String url) {
    return """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>No pages for browsers</title></head>
    <body><p>Leftfold has no pages for browsers yet. As JSON: <a href="%1$s">%1$s</a></p></body></html>
    """
        .formatted(url);
  }
}
