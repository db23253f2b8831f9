// SPDX-License-Identifier: Apache-2.0

package io.leftfold.protocol.wire;

/// A proposed message has no `type` or no `content-type` among its metadata.
///
/// The message text is the one that clients know.
public final class MissingMetadataPropertyException extends WireException {

  private final String property;

  /// For one property.
  ///
  /// @param property `type` or `content-type`
  public MissingMetadataPropertyException(String property) {
    super("Required Metadata Property '%s' is missing".formatted(property));
    this.property = property;
  }

  /// The property.
  ///
  /// @return `type` or `content-type`
  public String property() {
    return property;
  }
}
