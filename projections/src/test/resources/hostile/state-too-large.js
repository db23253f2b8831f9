// save: STATE_SIZE
fromAll().when({ Go(s, e) {
  s.t = 'x'.repeat(4 << 20);
} });
