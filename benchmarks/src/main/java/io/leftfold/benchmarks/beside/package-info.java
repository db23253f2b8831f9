// SPDX-License-Identifier: Apache-2.0

/// What a good client notices of a bad one.
///
/// Server, good client and bad one are a process each ([BesideServer], [BesideCommand],
/// [HostileMain]), so that they share nothing but the server and the processors. Each [Kind] of bad
/// client does one thing as hard as it can.
@NullMarked
package io.leftfold.benchmarks.beside;

import org.jspecify.annotations.NullMarked;
