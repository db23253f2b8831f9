// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

/// One option of a server as operators see it.
///
/// @param name as it is written where servers are configured
/// @param description what it decides, in a sentence
/// @param type `boolean`, `integer` or `string`
/// @param value what holds; empty for nothing, and stars for a password
/// @param source who says so: a flag, a variable, a line of a file, or `default`
public record ShownOption(
    String name, String description, String type, String value, String source) {}
