// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import java.time.Duration;

/// How streams are served.
///
/// @param isCached whether caches may keep what is served
/// @param eventBytesMax the largest event that is taken
/// @param writeTimeout how long whoever appends waits at most
public record AtomOptions(boolean isCached, long eventBytesMax, Duration writeTimeout) {}
