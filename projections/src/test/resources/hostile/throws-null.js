// fault: THROWN
fromAll().when({ Go(s, e) {
  throw null;
} });
