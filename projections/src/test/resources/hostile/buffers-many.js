// fault: TIME or MEMORY or THROWN
fromAll().when({ Go(s, e) {
  const all = []; for (;;) all.push(new Uint8Array(1 << 24));
} });
