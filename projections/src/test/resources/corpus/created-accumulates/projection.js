const source = fromAll().foreachStream();
const first = { $init: () => ({ log: [] }), $created(s) { s.log.push('first'); } };
source.when(first);
source.when({ $created(s) { s.log.push('second'); }, A(s) { s.log.push('A'); } });
