// fault: TIME or MEMORY
fromAll().when({ Go(s, e) {
  Array.from({ length: 1e9 }, (_, i) => [i]);
} });
