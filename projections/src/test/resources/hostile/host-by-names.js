// harmless: {"found":[]}
fromAll().when({ Go(s, e) {
  s.found = ['Java', 'Polyglot', 'Packages', 'java', 'javax', 'load', 'loadWithNewGlobal', 'print', 'console', 'quit', 'exit', 'read', 'readline', 'Graal', 'require', 'process', 'WebAssembly', 'SharedArrayBuffer', 'Atomics', 'ShadowRealm', 'Worker', 'setTimeout', 'performance', 'Interop', 'Debug', 'Realm'].filter(n => n in globalThis);
} });
