// harmless: {"n":1}
fromAll().when({ Go(s, e) {
  Object.keys = () => ['forged']; Array.isArray = () => true; Reflect.ownKeys = null; globalThis.JSON = null; s.n = 1;
} });
