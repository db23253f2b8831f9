fromAll().when({ $init: () => ({ n: 0, ok: 0 }), A(s, e) { s.n++; try { if (e.data) s.ok++; } catch (broken) { s.ok = 'caught'; } } });
