// SPDX-License-Identifier: Apache-2.0

/// Read models in SQL databases, by JDBC.
///
/// A [SqlReadModel] keeps what a [io.leftfold.toolkit.Projector] folds, and how far it came, in one
/// transaction of the database: as a state for each partition, or in tables of the application,
/// which are written to by an [SqlView]. SQL here is what databases have in common; the driver, and
/// a pool of connections, are the application's.
@NullMarked
package io.leftfold.readmodels;

import org.jspecify.annotations.NullMarked;
