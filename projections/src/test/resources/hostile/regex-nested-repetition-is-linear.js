// harmless: {"found":false}
fromAll().when({ Go(s, e) {
  s.found = /^(a+)+$/.test('a'.repeat(40) + 'b');
} });
