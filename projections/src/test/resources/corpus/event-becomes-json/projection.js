fromAll().when({ A: (s, e) => ({ last: JSON.parse(JSON.stringify(e)).eventType, e }) }).transformBy(s => [s.last, s.e.data.n]);
