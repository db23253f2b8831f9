// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

/// A request that is not done, and the answer that says why. Callers can have as many as they like,
/// so it has no trace of the stack.
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient Answer answer;

  /// With an answer.
  ///
  /// @param answer what is sent
  public RefusedException(Answer answer) {
    super(answer.reason(), null, false, false);
    this.answer = answer;
  }

  /// For a request that makes no sense.
  ///
  /// @param reason what is wrong
  /// @return with status 400
  public static RefusedException badRequest(String reason) {
    return new RefusedException(Answer.refusal(Status.BAD_REQUEST, reason));
  }

  /// For what is not there.
  ///
  /// @return with status 404
  public static RefusedException notFound() {
    return new RefusedException(Answer.refusal(Status.NOT_FOUND, "Not Found"));
  }

  /// What is sent.
  ///
  /// @return the answer
  public Answer answer() {
    return answer;
  }
}
