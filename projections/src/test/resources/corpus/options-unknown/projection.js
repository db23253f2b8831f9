fromAll();
options({ inclueLinks: true });
