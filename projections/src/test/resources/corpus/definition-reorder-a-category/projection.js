options({ reorderEvents: true, processingLag: 100 }); fromCategory('a');
