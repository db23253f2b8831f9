// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tcp;

/// Is told of requests over the old TCP protocol, for whoever traces them. Called on event loops.
@FunctionalInterface
public interface RequestWatch {

  /// A request has come. One to follow something is over when that has begun.
  ///
  /// @param request its kind, as `WRITE_EVENTS`
  /// @return told of its end
  End begun(String request);

  /// The end of a request.
  @FunctionalInterface
  interface End {

    /// It is over.
    ///
    /// @param answer the kind of its last answer, as `WRITE_EVENTS_COMPLETED`; empty if it has none
    void over(String answer);
  }

  /// Looks at nothing.
  ///
  /// @return for servers that do not trace
  static RequestWatch none() {
    return _ -> _ -> {};
  }
}
