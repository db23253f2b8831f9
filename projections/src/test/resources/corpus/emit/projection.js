fromAll().when({
  Opened(s, e) { emit('out-' + e.streamId, 'Seen', { by: e.data.by, none: undefined }); },
  Deposited(s, e) { emit('out', 'List', [1, 'zwei'], { m: { deep: [NaN, null] }, none: undefined }, 'too many'); },
});
