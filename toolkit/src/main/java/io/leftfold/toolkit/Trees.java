// SPDX-License-Identifier: Apache-2.0

package io.leftfold.toolkit;

import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// How trees are read of JSON that is an application's: decimals with every digit and their scale.
/// As doubles they would be other numbers.
final class Trees {

  static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonNodeFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private Trees() {}
}
