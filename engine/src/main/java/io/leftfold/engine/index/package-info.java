// SPDX-License-Identifier: Apache-2.0

/// The index: from a key to the ascending positions of its events.
///
/// There are four kinds of key (stream, category, event type, tag), and every question is a walk
/// along one list of positions or along several at once. The index is a fold of the log: it can be
/// thrown away at any time. In this version all of it is in memory ([Index] is rebuilt when the
/// store is opened); immutable segments on disk will stand beside the memory lists, behind
/// [Postings].
///
/// **Threads.** One thread adds, in the order of positions, and publishes the log's end afterwards.
/// Readers take the end first and ask for what lies below it ([Postings#countBelow]).
@NullMarked
package io.leftfold.engine.index;

import org.jspecify.annotations.NullMarked;
