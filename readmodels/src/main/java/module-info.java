// SPDX-License-Identifier: Apache-2.0

/// Read models: in SQL databases, in files, in Lucene, in Redis, in graphs.
module io.leftfold.readmodels {
  requires static org.jspecify;
  requires static tinkergraph.gremlin;
  requires static transitive gremlin.core;
  requires static transitive org.apache.lucene.core;
  requires static transitive redis.clients.jedis;
  requires transitive io.leftfold.toolkit;
  requires transitive java.sql;

  exports io.leftfold.readmodels;
  exports io.leftfold.readmodels.files;
  exports io.leftfold.readmodels.graph;
  exports io.leftfold.readmodels.lucene;
  exports io.leftfold.readmodels.redis;
}
