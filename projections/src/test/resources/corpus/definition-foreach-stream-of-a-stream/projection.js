fromStream('a').foreachStream().when({})
