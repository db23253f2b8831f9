fromAll().when({ Opened(s, e) { s.by = e.data.by; } })
