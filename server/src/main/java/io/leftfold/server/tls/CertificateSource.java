// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.util.Optional;

/// Where the node's certificate comes from. Used by one thread at a time.
public sealed interface CertificateSource permits MadeCertificates, OwnCertificates {

  /// The certificate to begin with.
  ///
  /// @return a certificate with its key
  /// @throws UnusableCertificateException if there is none
  Identity first() throws UnusableCertificateException;

  /// Looks whether there is another certificate than the one given last.
  ///
  /// @return the new one; empty if there is none, which is the usual case
  /// @throws UnusableCertificateException if there is a new one and it is of no use; it is told
  ///   once, and the one given last still holds
  Optional<Identity> next() throws UnusableCertificateException;
}
