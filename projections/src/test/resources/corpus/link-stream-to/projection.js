fromAll().when({ Opened(s, e) { linkStreamTo('streams', e.streamId); linkStreamTo('streams', e.streamId, { m: 1 }); copyTo('x', e); } });
