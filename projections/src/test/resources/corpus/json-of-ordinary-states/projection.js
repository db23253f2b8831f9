fromAll().when({
  $any(s, e) {
    return {
      u: undefined, f() {}, s: Symbol('x'), nan: NaN, inf: [Infinity, -Infinity, -0], map: new Map([[1, 2]]), re: /x/,
      list: [undefined, () => 1, , 3], text: 'ü € 😀 " \\ \n \u0001 / <&>', made: new (class A { x = 1; get y() { return 2; } })(),
      get seen() { return 'got'; }, ['__proto__']: { p: 1 }, 10: 'ten', 2: 'two', e: 1e21, small: 1e-7, no: null,
      bytes: new Uint8Array([1, 2]), by: e.body, bare: { __proto__: null, b: [[], {}] },
    };
  },
});
