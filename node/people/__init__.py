"""Who acts in a node: accounts, their roles, and the tokens by which a door knows them."""
