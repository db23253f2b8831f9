fromAll().when({ async Opened(s, e) { s.n = await 1; } })
