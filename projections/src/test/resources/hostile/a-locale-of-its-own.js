// harmless: {"t":"undefined"}
fromAll().when({ Go(s, e) {
  s.t = typeof Intl; (1234.5).toLocaleString('en-US');
} });
