// fault: DEPTH
fromAll().when({ Go(s, e) {
  let o = {}; o.o = o; try { emit('a', 'B', o); } catch (x) { s.x = [typeof x.getClass, typeof x.class, String(x)]; }
} });
