"""Generated from proto/valija/v1; never edited by hand."""
