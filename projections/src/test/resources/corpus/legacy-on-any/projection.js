fromAll(); on_any(s => { s.n = (s.n || 0) + 1; });
