// fault: OUTPUT
fromAll().when({ Go(s, e) {
  try { for (;;) emit('out', 'X', { t: 'x'.repeat(1 << 18) }); } catch (e) { s.n = 1; }
} });
