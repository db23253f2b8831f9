// fault: THROWN
fromAll().when({ Go(s, e) {
  s.n = (0, eval)('1');
} });
