// SPDX-License-Identifier: Apache-2.0

/// Keys, and what is sealed with them.
///
/// [SubjectKeys] has a key for each [Subject], outside the log: whoever destroys the key has erased
/// what was sealed for the subject, wherever it was copied to. [KeyDirectory] keeps them in files,
/// which are no part of a store. What is sealed, and where in an event, is said elsewhere: in
/// [io.leftfold.toolkit]. Nothing here knows of events.
@NullMarked
package io.leftfold.toolkit.keys;

import org.jspecify.annotations.NullMarked;
