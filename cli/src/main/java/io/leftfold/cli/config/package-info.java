// SPDX-License-Identifier: Apache-2.0

/// What a server is told, and by whom: flags, the environment, a file.
///
/// [ServerOption] defines each option once; names of flags, of variables and of keys in a file
/// follow from that, and so does the documentation. [Configuration] puts the three sources on top
/// of each other and remembers where each value came from. [Counterparts] knows the options of
/// KurrentDB. What the values do is not known here.
@NullMarked
package io.leftfold.cli.config;

import org.jspecify.annotations.NullMarked;
