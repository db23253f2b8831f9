fromStream('favourites').when({
  $any(s, e) {
    for (const k in e) s[k] = e[k];
  },
});
