fromAll().when({ A(s, e) { e.streamId = "b"; e.data = 1; s.is = [e.streamId, e.data]; } })
