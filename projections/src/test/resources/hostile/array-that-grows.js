// fault: TIME or MEMORY
fromAll().when({ Go(s, e) {
  const q = []; for (;;) q.push([1, 2, 3, 4]);
} });
