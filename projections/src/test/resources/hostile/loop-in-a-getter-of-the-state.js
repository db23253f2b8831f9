// save: TIME
fromAll().when({ Go(s, e) {
  return { get x() { for (;;); } };
} });
