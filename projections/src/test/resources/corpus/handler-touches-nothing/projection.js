fromAll().when({ Opened(s, e) { return e.data.who.name; } })
