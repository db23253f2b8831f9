// harmless: {"n":1}
Object.defineProperty(Array.prototype, 0, { set(v) { }, get() { return 'poison'; }, configurable: true });
fromAll().when({ Go(s, e) {
  s.n = 1;
} });
