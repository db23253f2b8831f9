// fault: TIME or THROWN or MEMORY
fromAll().when({ Go(s, e) {
  let z = 3n; for (;;) z *= z;
} });
