// SPDX-License-Identifier: Apache-2.0

/// The official clients of KurrentDB and EventStoreDB, as they come from the registries, against a
/// running server.
///
/// What no client does is in `io.leftfold.verification.wire`.
@NullMarked
package io.leftfold.verification.clients;

import org.jspecify.annotations.NullMarked;
