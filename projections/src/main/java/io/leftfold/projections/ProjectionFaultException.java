// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

/// A script failed. What can be done about it stands in [#fault]; the fold is as it was before the
/// event.
public final class ProjectionFaultException extends RuntimeException {

  private final transient ProjectionFault fault;

  ProjectionFaultException(String projection, ProjectionFault fault) {
    super(fault.describe(projection));
    this.fault = fault;
  }

  /// Why and where.
  ///
  /// @return the fault
  public ProjectionFault fault() {
    return fault;
  }
}
