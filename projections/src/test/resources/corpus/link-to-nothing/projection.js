fromAll().when({ Opened(s, e) { linkTo('links', { sequenceNumber: '7', streamId: 'x' }); } })
