// save: TIME
fromAll().when({ Go(s, e) {
  return new Proxy({}, { ownKeys() { for (;;); } });
} });
