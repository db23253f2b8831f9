// SPDX-License-Identifier: Apache-2.0

/// Leftfold in an application of Spring Boot: a store as `leftfold.store` says, and the topology
/// that the application declares, running on it.
///
/// Wiring, and nothing else: whatever is done is done by the toolkit, and beans that the
/// application has already are left alone.
@NullMarked
package io.leftfold.spring;

import org.jspecify.annotations.NullMarked;
