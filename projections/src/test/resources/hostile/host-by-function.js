// fault: THROWN
fromAll().when({ Go(s, e) {
  s.n = Function('return 1')();
} });
