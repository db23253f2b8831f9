// fault: THROWN or TIME or MEMORY
fromAll().when({ Go(s, e) {
  'x'.repeat(2 ** 24).replace(/x/g, 'y'.repeat(1000));
} });
