// fault: THROWN
fromAll().when({ Go(s, e) {
  s.n = (() => {}).constructor.constructor('return this')();
} });
