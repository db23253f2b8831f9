// fault: TIME
fromAll().when({ Go(s, e) {
  /(a*)*\1b/.test('a'.repeat(40)); for (;;) /(a*)*\1b/.test('a'.repeat(40));
} });
