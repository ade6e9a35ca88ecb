"""The act of release: a draft asked about, approved, published; and where drafts come from."""
