// SPDX-License-Identifier: Apache-2.0

/// Read models that are graphs, written and asked in Gremlin.
///
/// A [GraphReadModel] keeps what a [io.leftfold.toolkit.Projector] folds as vertices and edges, and
/// how far it came in the same transaction of the graph. TinkerPop, and a graph, are the
/// application's to bring.
@NullMarked
package io.leftfold.readmodels.graph;

import org.jspecify.annotations.NullMarked;
