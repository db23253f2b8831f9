// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.git;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What the first event of a repository's stream says.
///
/// @param name the repository's name in the store
/// @param root the commit that has no parents and is imported first: by it the repository is known
/// @param category the category of its file streams
/// @param salt the key of its pseudonyms, in hexadecimal
record Registration(String name, String root, String category, String salt) {

  private static final JsonMapper JSON = JsonMapper.shared();

  byte[] toJson() {
    return JSON.writeValueAsBytes(
        JSON.createObjectNode()
            .put("name", name)
            .put("root", root)
            .put("category", category)
            .put("pseudonymKey", salt));
  }

  /// @throws IllegalArgumentException if it is not the data of such an event
  static Registration fromJson(byte[] json) {
    try {
      var node = JSON.readTree(json);
      return new Registration(
          node.required("name").asString(),
          node.required("root").asString(),
          node.required("category").asString(),
          node.required("pseudonymKey").asString());
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "A registration has a name, a root, a category and a pseudonymKey: " + e.getMessage(), e);
    }
  }
}
