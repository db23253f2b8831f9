// SPDX-License-Identifier: Apache-2.0

/// Bindings between classes of events and formats that have schemas of their own: [ProtobufBinding]
/// and [AvroBinding], each for who has its library.
///
/// They are given to [io.leftfold.toolkit.EventTypesBuilder#type]. Names, versions, tags and layers
/// are the toolkit's business, and how a schema evolves within a version is the library's.
@NullMarked
package io.leftfold.codecs;

import org.jspecify.annotations.NullMarked;
