// SPDX-License-Identifier: Apache-2.0

/// Persistent subscriptions over plain HTTP: `/subscriptions/…`, as EventStoreDB and KurrentDB have
/// them. What a group does is the business of `io.leftfold.server.group`.
@NullMarked
package io.leftfold.server.http.groups;

import org.jspecify.annotations.NullMarked;
