// fault: TIME
fromAll().when({ Go(s, e) {
  for (;;);
} });
