// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.List;

/// A script failed. What can be done about it stands in [#fault]; the fold is as it was before the
/// event.
public final class ProjectionFaultException extends RuntimeException {

  private final transient ProjectionFault fault;
  private final transient List<EmittedEvent> emitted;
  private final transient List<String> logged;

  ProjectionFaultException(String projection, ProjectionFault fault) {
    this(projection, fault, List.of(), List.of());
  }

  ProjectionFaultException(
      String projection, ProjectionFault fault, List<EmittedEvent> emitted, List<String> logged) {
    super(fault.describe(projection));
    this.fault = fault;
    this.emitted = List.copyOf(emitted);
    this.logged = List.copyOf(logged);
  }

  /// Why and where.
  ///
  /// @return the fault
  public ProjectionFault fault() {
    return fault;
  }

  /// What the script had emitted for the event before it failed. It is written nowhere.
  ///
  /// @return in the order in which it was emitted
  public List<EmittedEvent> emitted() {
    return emitted;
  }

  /// What the script had logged for the event before it failed.
  ///
  /// @return one text for each call of `log`
  public List<String> logged() {
    return logged;
  }
}
