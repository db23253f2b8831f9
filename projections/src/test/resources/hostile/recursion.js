// fault: THROWN
fromAll().when({ Go(s, e) {
  (function f() { f(); })();
} });
