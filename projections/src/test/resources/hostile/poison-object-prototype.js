// harmless: {"n":1}
Object.prototype.value = 5; Object.prototype.get = () => { throw new Error('poison'); }; Object.prototype.toJSON = () => 'poison';
Object.prototype.kind = 'filter'; Object.prototype.state = 1; Object.prototype.emits = true;
fromAll().when({ Go(s, e) {
  s.n = 1; delete s.x; emit('out', 'X', { a: 1 });
} });
