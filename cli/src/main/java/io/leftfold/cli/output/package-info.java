// SPDX-License-Identifier: Apache-2.0

/// How things are shown: as text for people, as one JSON object a line for machines.
///
/// [EventJson] is both ways, for what `export` writes `import` reads. [Printable] keeps what events
/// hold from reaching a terminal as anything but text. There is no command here and no store.
@NullMarked
package io.leftfold.cli.output;

import org.jspecify.annotations.NullMarked;
