// harmless: {"n":{}}
fromAll().when({ Go(s, e) {
  s.n = { toJSON() { throw new Error('asked'); } };
} });
