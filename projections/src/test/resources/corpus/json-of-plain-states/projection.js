fromAll().when({
  $any() {
    return {
      u: undefined, nan: NaN, inf: [Infinity, -Infinity, -0], list: [undefined, , 3, null], text: 'ü € 😀 " \\ \n \u0001 / <&>',
      lone: '\ud800', ['__proto__']: { p: 1 }, 10: 'ten', 2: 'two', e: 1e21, small: 1e-7, no: null, yes: true, deep: [[{ a: [{}] }], []],
      get seen() { return 'got'; },
    };
  },
});
