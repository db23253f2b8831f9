// fault: TIME
fromAll().when({ Go(s, e) {
  (function again() { return Promise.resolve().then(again); })();
} });
