// harmless: {"a":1}
fromAll().when({ Go(s, e) {
  return new Proxy({ a: 1 }, {});
} });
