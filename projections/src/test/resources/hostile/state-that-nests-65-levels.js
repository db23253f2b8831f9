// save: DEPTH
fromAll().when({ Go(s, e) {
  let x = {}; for (let i = 0; i < 64; i++) x = [x]; return x;
} });
