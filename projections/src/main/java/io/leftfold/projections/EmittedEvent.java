// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import io.leftfold.api.ContentType;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.RecordedEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/// What a handler wants to have written: by `emit`, `linkTo` or `linkStreamTo`.
///
/// @param stream where to
/// @param type what happened; `$>` for a link, `$@` for the name of a stream
/// @param isJson whether the data is JSON
/// @param data the fact
/// @param metadata a JSON object, or empty
public record EmittedEvent(
    String stream, String type, boolean isJson, String data, String metadata) {

  /// Whether it points to another event.
  ///
  /// @return whether `linkTo` made it
  public boolean isLink() {
    return type.equals(RecordedEvent.LINK_TYPE);
  }

  /// This as an event to append.
  ///
  /// @param id its id
  /// @return the event
  public ProposedEvent proposed(UUID id) {
    return new ProposedEvent(
        id,
        type,
        isJson ? ContentType.JSON : ContentType.BINARY,
        data.getBytes(StandardCharsets.UTF_8),
        metadata.getBytes(StandardCharsets.UTF_8),
        List.of());
  }
}
