// save: DEPTH
fromAll().when({ Go(s, e) {
  s.s = s;
} });
