// SPDX-License-Identifier: Apache-2.0

/// The schema registry: what the events of an application look like, by name and version.
///
/// A [Schema] is the fold of its stream; [Schemas] decides commands against it and answers
/// questions, [SchemaGroups] does so for groups. What fits what is the business of
/// `io.leftfold.server.registry.compatibility`; rights, the audit and the wire are that of
/// `io.leftfold.server.grpc.registry`, which calls this package. Nothing here holds appends against
/// schemas.
@NullMarked
package io.leftfold.server.registry;

import org.jspecify.annotations.NullMarked;
