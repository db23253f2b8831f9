// fault: THROWN
fromAll().when({ Go(s, e) {
  'x'.repeat(2 ** 29);
} });
