// SPDX-License-Identifier: Apache-2.0

/// What gRPC services have in common that answer from a thread of their own: hearing one request,
/// and sending at the caller's pace.
///
/// No service is here, and no message is known.
@NullMarked
package io.leftfold.server.grpc.calls;

import org.jspecify.annotations.NullMarked;
