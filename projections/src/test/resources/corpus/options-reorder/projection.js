options({ reorderEvents: true, processingLag: 50 }); fromStreams('a', 'b');
