// fault: THROWN or MEMORY or TIME
fromAll().when({ Go(s, e) {
  new Uint8Array(2 ** 30).sort();
} });
