fromAll().when({ Withdrawn: () => null })
