// SPDX-License-Identifier: Apache-2.0

/// Forgetting what may be forgotten: sealed chunks are written again without it, in the background.
///
/// What may be forgotten is decided by `…engine.stream` ([io.leftfold.engine.stream.Retention]);
/// how a chunk is written again and put in the place of the old one, by `…engine.log`
/// ([io.leftfold.engine.log.ChunkRewrite]). Here is what is around it: the point as of which is
/// judged, chunk after chunk, slowing down, stopping, going on, and the history of all that in the
/// log itself.
@NullMarked
package io.leftfold.engine.scavenge;

import org.jspecify.annotations.NullMarked;
