// fault: THROWN or TIME or MEMORY
fromAll().when({ Go(s, e) {
  let o = {}; for (let i = 0; i < 60; i++) o = { a: o, b: o };
  JSON.stringify(o);
} });
