// SPDX-License-Identifier: Apache-2.0

/// Read models that are searched by words: an index of Apache Lucene.
///
/// A [LuceneReadModel] keeps the states that a [io.leftfold.toolkit.Projector] folds as documents,
/// and how far it came in the same commit of the index. Lucene is the application's to bring.
@NullMarked
package io.leftfold.readmodels.lucene;

import org.jspecify.annotations.NullMarked;
