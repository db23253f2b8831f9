options({ $INCLUDELINKS: true }); options({ ReorderEvents: false, processinglag: 70 }); options('ignored'); options(null); fromAll();
