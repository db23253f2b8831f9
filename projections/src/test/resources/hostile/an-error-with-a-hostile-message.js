// fault: THROWN
fromAll().when({ Go(s, e) {
  const e2 = new Error(); Object.defineProperty(e2, 'message', { get() { for (;;); } }); throw e2;
} });
