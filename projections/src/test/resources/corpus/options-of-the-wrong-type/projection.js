options({ biState: 'yes' }); fromAll();
