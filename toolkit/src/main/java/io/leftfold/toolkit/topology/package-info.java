// SPDX-License-Identifier: Apache-2.0

/// What an application runs on its events, declared once, and run in the one way or the other: in
/// the thread of a test, with each append, in the background, or in one of several processes.
///
/// [Topology] says what there is, [Mode] how it is run, [RunningTopology] is it running.
/// Projections and processes are run by what runs them alone, too ([io.leftfold.toolkit.Projector],
/// [io.leftfold.toolkit.process.ProcessRunner]); nothing here changes what they do or promise.
@NullMarked
package io.leftfold.toolkit.topology;

import org.jspecify.annotations.NullMarked;
