"""Files -> passages in the library: found, read, split, encoded, stored."""
