fromAll().when({ Opened(s, e) { log("seen", 1, e.data, null, undefined, true); log({ a: [1] }); log(); } })
