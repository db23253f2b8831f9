// SPDX-License-Identifier: Apache-2.0

/// Read models that are files: pages in HTML, tables in CSV, for a web server, a spreadsheet or a
/// person with an editor.
///
/// A [FileReadModel] keeps the states that a [io.leftfold.toolkit.Projector] folds, and how far it
/// came, in one file, and puts files that are made of the states beside it, as [Pages] say. What is
/// written is a function's text: [Html] and [Csv] are there so that nothing in it goes unescaped.
@NullMarked
package io.leftfold.readmodels.files;

import org.jspecify.annotations.NullMarked;
