fromAll().partitionBy('x')
