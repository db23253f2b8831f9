// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.topology;

import io.leftfold.toolkit.ProjectionFigures;
import io.leftfold.toolkit.process.ProcessFigures;

/// How a part of a topology that runs here is doing: numbers, for whatever keeps metrics.
public sealed interface PartFigures {

  /// Of a projection.
  ///
  /// @param figures its numbers
  record OfProjection(ProjectionFigures figures) implements PartFigures {}

  /// Of a process.
  ///
  /// @param figures its numbers
  record OfProcess(ProcessFigures figures) implements PartFigures {}
}
