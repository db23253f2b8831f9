fromAll().when({ Opened(s, e) { linkTo('links'); } })
