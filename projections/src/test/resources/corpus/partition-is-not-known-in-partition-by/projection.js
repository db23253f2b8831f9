fromAll().partitionBy(e => 'p' + e.partition).when({ $any(s, e) { s.p = e.partition; } })
