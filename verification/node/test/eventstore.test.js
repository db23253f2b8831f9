// SPDX-License-Identifier: Apache-2.0

// In a process of its own: the messages of both clients have the same names.

import * as words from "@eventstore/db-client";
import { testGroups } from "../support/groups.js";
import { testProjections } from "../support/projections.js";
import { testStreams } from "../support/streams.js";
import { url } from "../support/help.js";

const client = {
  name: "@eventstore/db-client",
  words,
  connect: (kind = "", before, after) =>
    words.EventStoreDBClient.connectionString(url(`esdb${kind}`, before, after)),
  expecting: (expectedRevision) => ({ expectedRevision }),
  actual: (error) => error.actualVersion,
  expected: (error) => error.expectedVersion,
};

testStreams(client);
testGroups(client);
testProjections(client);
