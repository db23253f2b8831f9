fromAll().when({
  Opened(s, e) { linkTo('links', e); },
  Deposited(s, e) { linkTo('links', { sequenceNumber: 7, streamId: 'x' }, { why: "a \"quote\"" }); },
});
