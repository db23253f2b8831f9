fromCategory('a', 'b').foreachStream().when({})
