// harmless: {"n":1}
for (const c of [Array, Map, Set, Promise, RegExp, Function, String]) for (const k of Object.getOwnPropertyNames(c.prototype)) try { if (k !== 'constructor') c.prototype[k] = () => { throw new Error('poison'); }; } catch (e) { }
Map.prototype.get = () => ({ state: 'forged' });
fromAll().when({ Go(s, e) {
  s.n = e.data.n;
} });
