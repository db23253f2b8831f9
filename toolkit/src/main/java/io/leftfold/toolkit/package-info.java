// SPDX-License-Identifier: Apache-2.0

/// Deciding and folding: an application as plain functions over records and sealed types.
///
/// A [Decider] says what commands do, a [CommandHandler] runs it on a store: it folds what the
/// command's [Boundary] holds, decides, and appends only if nothing was added to the boundary
/// meanwhile. A [Projection] says what events mean to readers, a [Projector] folds them into a
/// [ReadModel]: each once, however often its process dies. Events go through an [EventCodec], so
/// that what is stored knows nothing of classes; [EventTypes] is one that knows names, versions and
/// upcasts, and what is [Personal]: that is sealed with keys of [io.leftfold.toolkit.keys] until an
/// [Erasure]. [Compressed] and [Encrypted] go around a codec. A [Specification] tests a decider, a
/// [ProjectionSpecification] a projection. All of it works on any [io.leftfold.api.EventStore], and
/// knows none in particular.
@NullMarked
package io.leftfold.toolkit;

import org.jspecify.annotations.NullMarked;
