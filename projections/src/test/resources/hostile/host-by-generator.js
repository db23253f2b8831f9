// fault: THROWN
fromAll().when({ Go(s, e) {
  s.n = (function* () {}).constructor('yield 1')().next().value;
} });
