options({ resultStreamName: 'sums', PARTITIONRESULTSTREAMNAMEPATTERN: 'sum-{0}' }); fromAll().when({ $init: () => ({ n: 0 }), $any(s) { s.n++; } });
