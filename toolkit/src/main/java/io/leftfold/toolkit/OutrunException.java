// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

/// Somebody else has changed the checkpoint that is known. Nothing was done.
final class OutrunException extends RuntimeException {

  private static final long serialVersionUID = 1;

  OutrunException(Checkpoint known) {
    super("The checkpoint %s is no longer kept".formatted(known));
  }
}
