// harmless: {"length":1000000000}
fromAll().when({ Go(s, e) {
  s.length = new Array(1e9).length;
} });
