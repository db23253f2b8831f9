// save: THROWN
fromAll().when({ Go(s, e) {
  return { get x() { throw new Error('no'); } };
} });
