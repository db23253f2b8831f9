// fault: THROWN
fromAll().when({ Go(s, e) {
  let t = 'x'; for (;;) t += t;
} });
