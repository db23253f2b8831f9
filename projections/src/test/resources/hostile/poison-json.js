// harmless: {"n":2}
fromAll().when({ Go(s, e) {
  s.n = e.data.n + 1;
} });
JSON.parse = JSON.stringify = () => { throw new Error('poison'); };
