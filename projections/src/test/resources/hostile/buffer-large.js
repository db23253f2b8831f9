// fault: THROWN or MEMORY
fromAll().when({ Go(s, e) {
  new ArrayBuffer(2 ** 31 - 1);
} });
