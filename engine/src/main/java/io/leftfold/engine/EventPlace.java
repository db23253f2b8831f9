// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine;

/// Where an event lies in the files of a store. A scavenge writes files again, so this is true at
/// the moment of asking.
///
/// @param position of the event in the log
/// @param file the name of the log file, such as `chunk-000000.log`
/// @param generation how often the file was written again by scavenges, from 0
/// @param sealed whether nothing will be appended to the file any more
/// @param offset of the event's record in the file, in bytes
public record EventPlace(long position, String file, int generation, boolean sealed, int offset) {}
