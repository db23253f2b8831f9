// SPDX-License-Identifier: Apache-2.0

// In a process of its own: the messages of both clients have the same names.

import * as words from "@kurrent/kurrentdb-client";
import { testGroups } from "../support/groups.js";
import { testManyStreams } from "../support/manyStreams.js";
import { testProjections } from "../support/projections.js";
import { testStreams } from "../support/streams.js";
import { url } from "../support/help.js";

const client = {
  name: "@kurrent/kurrentdb-client",
  words,
  connect: (kind = "", before, after) =>
    words.KurrentDBClient.connectionString(url(`kurrentdb${kind}`, before, after)),
  expecting: (streamState) => ({ streamState }),
  actual: (error) => error.actualState,
  expected: (error) => error.expectedState,
};

testManyStreams({ name: client.name, words, connect: client.connect });
testStreams(client);
testGroups(client);
testProjections(client);
