// fault: THROWN
fromAll().when({ Go(s, e) {
  throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } });
} });
