fromStream(5)
