// SPDX-License-Identifier: Apache-2.0

/// What is posted to a stream, as events to be recorded: JSON, XML, or an event as it is.
@NullMarked
package io.leftfold.server.http.atom.body;

import org.jspecify.annotations.NullMarked;
