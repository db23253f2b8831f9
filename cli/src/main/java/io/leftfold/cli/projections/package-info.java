// SPDX-License-Identifier: Apache-2.0

/// What authors of projections need beside a store: cases that a script is held to ([CaseFolder],
/// [Expectation], [CaseResult]), events in a file ([GivenEvents]), what differs between two states
/// ([io.leftfold.projections.Difference]), and the folder that a beginner is given ([Starter]).
///
/// There is no store here and no terminal: the commands of `io.leftfold.cli` say what is found
/// here.
@NullMarked
package io.leftfold.cli.projections;

import org.jspecify.annotations.NullMarked;
