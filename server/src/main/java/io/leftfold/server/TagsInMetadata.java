// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.api.Tag;
import io.leftfold.server.node.MetadataTags;
import java.util.List;

/// The tags that a server gives to events of clients whose protocol knows no tags, by their
/// metadata: for whoever brings such events on another way.
public final class TagsInMetadata {

  private TagsInMetadata() {}

  /// The tags in some metadata: what stands at `$tags` in a JSON object, an array of texts or a
  /// text that holds one.
  ///
  /// @param metadata of an event, as it came; not changed
  /// @return the tags, in order; none, if there is no `$tags`, or the metadata is no JSON object
  /// @throws IllegalArgumentException if there is a `$tags` that is something else, or tags are
  ///   empty, too long or too many
  public static List<Tag> of(byte[] metadata) {
    return MetadataTags.of(metadata);
  }
}
