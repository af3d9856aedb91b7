"""What changes results: storing a version, opening and resolving what a person must look at."""
