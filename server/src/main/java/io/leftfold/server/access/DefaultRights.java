// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.access;

import io.leftfold.api.StreamMetadata.Acl;
import java.util.Map;

/// What the stream `$settings` says about streams that say nothing themselves.
///
/// @param userStreams for streams whose name does not begin with `$`
/// @param systemStreams for the others
record DefaultRights(Acl userStreams, Acl systemStreams) {

  static final DefaultRights NONE = new DefaultRights(new Acl(Map.of()), new Acl(Map.of()));
}
