// SPDX-License-Identifier: Apache-2.0

/// What the node shows of itself to whoever connects with TLS, and where that comes from.
///
/// An [Identity] is a certificate with its private key. A [CertificateSource] has one, and looks
/// now and then whether there is a newer one: [OwnCertificates] reads files that somebody else
/// writes, [MadeCertificates] makes an authority and a certificate by itself and renews that. How
/// TLS is spoken is not known here; that is the business of `io.leftfold.server.edge`.
@NullMarked
package io.leftfold.server.tls;

import org.jspecify.annotations.NullMarked;
