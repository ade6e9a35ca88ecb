"""The carrier that cannot read: admission, log, delivery; no key that opens, no sealing."""
