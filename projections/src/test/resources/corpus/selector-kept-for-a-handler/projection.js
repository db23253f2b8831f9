const f = fromStream; fromAll().when({ Opened() { f("x"); } })
