fromCategory('a').when({ A: (s, e) => e.category })
