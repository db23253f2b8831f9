fromAll().when({ Opened() { fromStream("x"); } })
