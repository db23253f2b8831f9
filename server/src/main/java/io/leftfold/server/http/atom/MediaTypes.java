// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import java.util.List;

/// The media types of streams and events, the one for those who do not say first.
final class MediaTypes {

  static final String HTML = "text/html";
  static final String JSON = "application/json";
  static final String RAW = "application/octet-stream";
  static final String DESCRIPTION = "application/vnd.kurrent.streamdesc+json";

  static final List<String> DESCRIPTIONS =
      List.of(DESCRIPTION, "application/vnd.eventstore.streamdesc+json");

  static final List<String> ATOM_JSON =
      List.of("application/vnd.kurrent.atom+json", "application/vnd.eventstore.atom+json");
  static final List<String> ATOM_XML = List.of("application/atom+xml");
  static final List<String> PLAIN_XML = List.of("text/xml", "application/xml");

  static final List<String> EVENT_JSON =
      List.of("application/vnd.kurrent.event+json", "application/vnd.eventstore.event+json");
  static final List<String> EVENT_XML =
      List.of("application/vnd.kurrent.event+xml", "application/vnd.eventstore.event+xml");

  static final List<String> FEED =
      List.of(
          ATOM_JSON.getFirst(),
          ATOM_JSON.getLast(),
          ATOM_XML.getFirst(),
          JSON,
          PLAIN_XML.getFirst(),
          PLAIN_XML.getLast(),
          HTML);

  static final List<String> EVENT =
      List.of(
          ATOM_JSON.getFirst(),
          ATOM_JSON.getLast(),
          ATOM_XML.getFirst(),
          EVENT_JSON.getFirst(),
          EVENT_JSON.getLast(),
          EVENT_XML.getFirst(),
          EVENT_XML.getLast(),
          JSON,
          PLAIN_XML.getFirst(),
          PLAIN_XML.getLast(),
          RAW,
          HTML);

  private MediaTypes() {}

  /// As it stands in a header.
  static String header(String type) {
    return type.equals(RAW) ? type : type + "; charset=utf-8";
  }
}
