// SPDX-License-Identifier: Apache-2.0

/// What the services of KurrentDB's wire have in common: events as they go out, names and filters
/// as they come in, errors as clients understand them.
///
/// No service is here.
@NullMarked
package io.leftfold.server.grpc.kurrent;

import org.jspecify.annotations.NullMarked;
