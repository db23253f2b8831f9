// fault: TIME or MEMORY
fromAll().when({ Go(s, e) {
  new Array(1e9).fill(0);
} });
