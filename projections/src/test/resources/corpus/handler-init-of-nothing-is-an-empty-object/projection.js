fromAll().when({ $init() {}, Opened(s, e) { s.by = e.data.by; } })
