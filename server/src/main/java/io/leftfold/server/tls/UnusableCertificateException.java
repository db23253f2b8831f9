// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

/// Certificates or keys with which TLS cannot be spoken; the message says which, why, and what to
/// do.
public final class UnusableCertificateException extends Exception {

  UnusableCertificateException(String message) {
    super(message);
  }

  UnusableCertificateException(String message, Throwable cause) {
    super(message, cause);
  }
}
