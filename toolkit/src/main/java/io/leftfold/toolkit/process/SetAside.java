// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.process;

/// An event of the source that a process passed over and keeps in mind, for nobody could say whom
/// it concerns: it cannot be read, is newer than the program that met it, or `correlate` threw.
///
/// @param position of the event, by which it is taken up ([ProcessRunner#takeUp])
/// @param cause what was thrown, as text
public record SetAside(long position, String cause) {}
