"""The experiments, one declarative file each, and the catalogue that names them all."""
