fromStreams('$et-Opened', '$et-Placed').when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } })
