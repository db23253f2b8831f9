// harmless: {"n":1}
fromAll().when({ Go(s, e) {
  globalThis.emit = null; delete globalThis.linkTo; s.n = 1;
} });
