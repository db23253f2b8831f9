// SPDX-License-Identifier: Apache-2.0

/// Users over plain HTTP: `/users…` and `/admin/login`, as EventStoreDB and KurrentDB have them.
@NullMarked
package io.leftfold.server.http.users;

import org.jspecify.annotations.NullMarked;
