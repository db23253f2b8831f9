// fault: TIME
fromAll().when({ Go(s, e) {
  for (;;) { try { for (;;); } catch (e) { } finally { s.n = 1; } }
} });
