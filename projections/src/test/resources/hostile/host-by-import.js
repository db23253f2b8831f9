// harmless: {}
fromAll().when({ Go(s, e) {
  import('fs').then(() => { s.n = 1; }, () => {});
} });
