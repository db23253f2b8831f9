// save: STATE_SIZE or TIME
fromAll().when({ Go(s, e) {
  return Array(1e8);
} });
