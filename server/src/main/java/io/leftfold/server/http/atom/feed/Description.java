// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.feed;

import io.leftfold.server.http.exchange.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/// How a stream can be had: for whoever does not say in which form they want it.
///
/// @param stream its name
/// @param urls makes URLs
/// @param ofDescription the media types of this document
/// @param ofStream the media types of the stream
/// @param groups the names of its persistent subscriptions
public record Description(
    String stream,
    Urls urls,
    List<String> ofDescription,
    List<String> ofStream,
    List<String> groups) {

  private static final List<String> OF_GROUP =
      List.of(
          "application/vnd.kurrent.competingatom+json",
          "application/vnd.eventstore.competingatom+json",
          "application/vnd.kurrent.competingatom+xml",
          "application/vnd.eventstore.competingatom+xml");

  /// Copies the lists.
  public Description {
    ofDescription = List.copyOf(ofDescription);
    ofStream = List.copyOf(ofStream);
    groups = List.copyOf(groups);
  }

  /// Writes it.
  ///
  /// @param target where to
  /// @throws IOException if it cannot be written there
  public void writeTo(OutputStream target) throws IOException {
    Json.write(
        target,
        out -> {
          var url = urls.stream(stream);
          out.writeStartObject();
          out.writeStringProperty("title", "Description document for '%s'".formatted(stream));
          out.writeStringProperty(
              "description",
              "The description document will be presented when no accept header is present or it was requested");
          out.writeName("_links");
          out.writeStartObject();
          out.writeName("self");
          link(out, url, ofDescription);
          out.writeName("stream");
          link(out, url, ofStream);
          if (!groups.isEmpty()) {
            out.writeName("streamSubscription");
            out.writeStartArray();
            for (var group : groups) {
              link(
                  out,
                  urls.path(
                      "/subscriptions/%s/%s"
                          .formatted(Target.encoded(stream), Target.encoded(group))),
                  OF_GROUP);
            }
            out.writeEndArray();
          }
          out.writeEndObject();
          out.writeEndObject();
        });
  }

  private static void link(JsonGenerator out, String url, List<String> types) {
    out.writeStartObject();
    out.writeStringProperty("href", url);
    out.writeName("supportedContentTypes");
    out.writeStartArray();
    types.forEach(out::writeString);
    out.writeEndArray();
    out.writeEndObject();
  }
}
