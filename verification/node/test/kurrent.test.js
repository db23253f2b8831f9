// SPDX-License-Identifier: Apache-2.0

// In a process of its own: the messages of both clients have the same names.

import * as words from "@kurrent/kurrentdb-client";
import { testManyStreams } from "../support/manyStreams.js";
import { testStreams } from "../support/streams.js";
import { url } from "../support/help.js";

const name = "@kurrent/kurrentdb-client";
const connect = (kind = "", before, after) =>
  words.KurrentDBClient.connectionString(url(`kurrentdb${kind}`, before, after));

testManyStreams({ name, words, connect });
testStreams({
  name,
  words,
  connect,
  expecting: (streamState) => ({ streamState }),
  actual: (error) => error.actualState,
  expected: (error) => error.expectedState,
});
