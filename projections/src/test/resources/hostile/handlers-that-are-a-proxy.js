// harmless: {}
fromAll().when(new Proxy({ Go() { } }, { get(t, k) { return t[k]; } }));
