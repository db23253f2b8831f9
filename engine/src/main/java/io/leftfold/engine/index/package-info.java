// SPDX-License-Identifier: Apache-2.0

/// The index: from a key to the ascending positions of its events.
///
/// There are several [kinds of key][KeyKind] (stream, category, event type, …), and every question
/// is a walk along one list of positions or along several at once ([Postings]). The index is a fold
/// of the log: any part of it can be thrown away at any time. [Index] puts parts together: the
/// newest events are in a [MemoryTable], all others in [Segment]s, which are files.
///
/// **Threads.** One thread adds, in the order of positions, and publishes the log's end afterwards.
/// Readers take the end first and ask for what lies below it ([Postings#countBelow]). The [Indexer]
/// turns tables into segments and merges them, behind both.
@NullMarked
package io.leftfold.engine.index;

import org.jspecify.annotations.NullMarked;
