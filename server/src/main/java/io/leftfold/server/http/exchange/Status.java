// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.exchange;

/// The statuses of HTTP that answers have.
public final class Status {

  /// Done.
  public static final int OK = 200;

  /// Something was made.
  public static final int CREATED = 201;

  /// It will be done.
  public static final int ACCEPTED = 202;

  /// Done, and there is nothing to say.
  public static final int NO_CONTENT = 204;

  /// Elsewhere, for a while.
  public static final int FOUND = 302;

  /// As the caller has it.
  public static final int NOT_MODIFIED = 304;

  /// The same request elsewhere.
  public static final int TEMPORARY_REDIRECT = 307;

  /// It makes no sense.
  public static final int BAD_REQUEST = 400;

  /// The caller is not known, or may not.
  public static final int UNAUTHORIZED = 401;

  /// There is no such thing.
  public static final int NOT_FOUND = 404;

  /// It cannot be done that way.
  public static final int METHOD_NOT_ALLOWED = 405;

  /// Not in a form that the caller takes.
  public static final int NOT_ACCEPTABLE = 406;

  /// It could not be done in time.
  public static final int TIMEOUT = 408;

  /// There is one already.
  public static final int CONFLICT = 409;

  /// It is gone for ever.
  public static final int GONE = 410;

  /// There is too much of it.
  public static final int TOO_LARGE = 413;

  /// In a form that is not known.
  public static final int UNSUPPORTED_MEDIA_TYPE = 415;

  /// It did not work.
  public static final int FAILED = 500;

  /// Not now.
  public static final int UNAVAILABLE = 503;

  private Status() {}
}
