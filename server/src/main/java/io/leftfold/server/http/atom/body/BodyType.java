// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom.body;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.server.http.exchange.JsonText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What a body is.
public enum BodyType {
  /// A list of events in JSON.
  EVENTS_JSON,
  /// A list of events in XML.
  EVENTS_XML,
  /// The data of one event, in JSON.
  JSON,
  /// The data of one event, in XML.
  XML,
  /// The data of one event.
  RAW;

  private static final Map<String, BodyType> BY_MEDIA_TYPE =
      Map.ofEntries(
          Map.entry("application/vnd.kurrent.events+json", EVENTS_JSON),
          Map.entry("application/vnd.eventstore.events+json", EVENTS_JSON),
          Map.entry("application/vnd.kurrent.event+json", EVENTS_JSON),
          Map.entry("application/vnd.eventstore.event+json", EVENTS_JSON),
          Map.entry("application/vnd.kurrent.atom+json", EVENTS_JSON),
          Map.entry("application/vnd.eventstore.atom+json", EVENTS_JSON),
          Map.entry("application/vnd.kurrent.events+xml", EVENTS_XML),
          Map.entry("application/vnd.eventstore.events+xml", EVENTS_XML),
          Map.entry("application/vnd.kurrent.event+xml", EVENTS_XML),
          Map.entry("application/vnd.eventstore.event+xml", EVENTS_XML),
          Map.entry("application/atom+xml", EVENTS_XML),
          Map.entry("application/json", JSON),
          Map.entry("text/xml", XML),
          Map.entry("application/xml", XML),
          Map.entry("application/octet-stream", RAW));

  /// Of which all others are read as parts.
  private static final Set<String> CHARSETS = Set.of("utf-8", "utf8", "us-ascii");

  private static final byte[] NOTHING = {};

  /// By a header.
  ///
  /// @param contentType the media type and its parameters
  /// @return empty if it is not known
  public static Optional<BodyType> of(String contentType) {
    var parts = contentType.split(";", -1);
    for (var i = 1; i < parts.length; i++) {
      var parameter = parts[i].strip().toLowerCase(Locale.ROOT);
      if (parameter.startsWith("charset=")
          && !CHARSETS.contains(parameter.substring("charset=".length()).replace("\"", ""))) {
        return Optional.empty();
      }
    }
    return Optional.ofNullable(BY_MEDIA_TYPE.get(parts[0].strip().toLowerCase(Locale.ROOT)));
  }

  /// Whether the body says of each event which one it is and what happened.
  ///
  /// @return otherwise that is said beside the body
  public boolean namesEvents() {
    return switch (this) {
      case EVENTS_JSON, EVENTS_XML -> true;
      case JSON, XML, RAW -> false;
    };
  }

  /// The events of a body that names them.
  ///
  /// @param body the body
  /// @param type of those that do not say
  /// @return at least one
  /// @throws InvalidBodyException if there are none
  public List<ProposedEvent> events(byte[] body, Optional<String> type)
      throws InvalidBodyException {
    return switch (this) {
      case EVENTS_JSON -> EventJson.list(body, type);
      case EVENTS_XML -> EventXml.list(body, type);
      case JSON, XML, RAW -> throw new IllegalStateException("Such a body is one event");
    };
  }

  /// The event of a body that is one.
  ///
  /// @param body the body
  /// @param id of the event
  /// @param type of the event
  /// @return the event
  /// @throws InvalidBodyException if the body is not what it is said to be
  public ProposedEvent event(byte[] body, UUID id, String type) throws InvalidBodyException {
    if (body.length == 0 && this != RAW) {
      throw new InvalidBodyException("There is nothing");
    }
    var contentType = ContentType.BINARY;
    if (this == JSON) {
      if (!JsonText.isJson(body)) {
        throw new InvalidBodyException("It is not JSON");
      }
      contentType = ContentType.JSON;
    } else if (this == XML) {
      var _ = XmlElement.read(body);
    }
    try {
      return new ProposedEvent(id, type, contentType, body, NOTHING, List.of());
    } catch (IllegalArgumentException e) {
      throw new InvalidBodyException(String.valueOf(e.getMessage()));
    }
  }
}
