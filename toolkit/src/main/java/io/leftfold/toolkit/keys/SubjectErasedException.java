// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit.keys;

/// Something was to be sealed for a subject that is erased. Nothing was written; whoever is erased
/// comes back as another subject.
public final class SubjectErasedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /// Of a subject.
  ///
  /// @param subject which is erased
  public SubjectErasedException(Subject subject) {
    super(
        "Personal data of %s was to be written, but the subject is erased; leave it out, or give whoever comes back another name"
            .formatted(subject));
  }
}
